/**
 * The fan-out benchmark: an exporter, the target that it probes and the load that scrapes it, each
 * on its own, and a comparison of what the exporter reports with what the target saw.
 */
@NullMarked
package io.github.websocketexporter.benchmarks.fanout;

import org.jspecify.annotations.NullMarked;
