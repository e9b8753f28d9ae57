/** JMH benchmarks of the probe path. */
@NullMarked
package io.github.websocketexporter.benchmarks;

import org.jspecify.annotations.NullMarked;
