/** Results and the exporter's own state as Prometheus metrics, and their exposition. */
@NullMarked
package io.github.websocketexporter.metrics;

import org.jspecify.annotations.NullMarked;
