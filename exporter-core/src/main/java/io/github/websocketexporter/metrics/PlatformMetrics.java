package io.github.websocketexporter.metrics;

import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The metrics of the JVM and the process: those of the client library, but for what would disturb
 * probes or costs too much.
 */
final class PlatformMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Set<String> leftOut = new HashSet<>();

  /** Registers all; a few of them in {@code own}, where they are made here. */
  PlatformMetrics(PrometheusRegistry own) {
    JvmMetrics.builder().register(registry);
    // The JVM looks for deadlocks in a safepoint: nothing runs meanwhile, neither does a probe.
    leftOut.add("jvm_threads_deadlocked");
    leftOut.add("jvm_threads_deadlocked_monitor");
    if (OpenFileCount.countIsCheap()) {
      leftOut.add(OpenFileCount.METRIC);
      OpenFileCount.register(own);
    }
  }

  /** All but those that are registered elsewhere, as they are now. */
  Stream<MetricSnapshot> snapshots() {
    return registry.scrape(name -> !leftOut.contains(name)).stream();
  }
}
