package io.github.websocketexporter.http;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The exporter's own metrics. They are collected and rendered on a thread of their own, for reading
 * the JVM's beans takes longer than an event loop may be held.
 */
final class MetricsEndpoint implements Endpoint, AutoCloseable {
  private static final int MAX_WAITING = 64;

  private final Supplier<MetricSnapshots> metrics;
  private final ExecutorService renderer =
      new ThreadPoolExecutor(
          0,
          1,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(MAX_WAITING),
          new DefaultThreadFactory("metrics", true));

  /**
   * The endpoint.
   *
   * @param metrics collects them; never called on an event loop
   */
  MetricsEndpoint(Supplier<MetricSnapshots> metrics) {
    this.metrics = metrics;
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    MetricsResponse form = MetricsResponse.askedBy(request);
    try {
      renderer.execute(() -> answer(form, exchange));
    } catch (RejectedExecutionException e) {
      exchange.respond(Response.overloaded("Too many requests for metrics are waiting."));
    }
  }

  @Override
  public void close() {
    renderer.shutdown();
  }

  private void answer(MetricsResponse form, HttpExchange exchange) {
    try {
      exchange.respond(form.of(metrics.get()));
    } catch (RuntimeException | Error e) {
      exchange.respond(Response.ofBug(e));
    }
  }
}
