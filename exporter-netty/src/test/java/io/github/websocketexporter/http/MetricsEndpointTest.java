package io.github.websocketexporter.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The exporter's own metrics, while collecting them takes as long as the test wants. */
@Timeout(30)
class MetricsEndpointTest {
  /** One that is collected, and those that wait behind it. */
  private static final int MOST_AT_ONCE = 65;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Response> answers = new ArrayList<>();
  private final CountDownLatch collecting = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);
  private final Queue<Thread> collectors = new ConcurrentLinkedQueue<>();
  private final MetricsEndpoint endpoint = new MetricsEndpoint(this::collect);

  private MetricSnapshots collect() {
    collectors.add(Thread.currentThread());
    collecting.countDown();
    try {
      assertThat(held.await(20, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new MetricSnapshots();
  }

  @AfterEach
  void close() {
    held.countDown();
    endpoint.close();
    channel.finishAndReleaseAll();
  }

  /** As an event loop does; that this returns is the test. */
  private void request() {
    endpoint.handle(
        new RequestHead(
            new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/metrics"),
            new RequestTarget("/metrics", "")),
        new HttpExchange(channel, answers::add));
    channel.runPendingTasks();
  }

  private void requestAsManyAsMayWait() throws InterruptedException {
    request();
    assertThat(collecting.await(20, SECONDS)).isTrue();
    for (int i = 1; i < MOST_AT_ONCE; i++) {
      request();
    }
    assertThat(answers).isEmpty();
  }

  @Test
  void manyRequestsHoldNoEventLoopWhileTheyAreCollectedAndWait() throws Exception {
    requestAsManyAsMayWait();

    held.countDown();
    await()
        .untilAsserted(
            () -> {
              channel.runPendingTasks();
              assertThat(answers).hasSize(MOST_AT_ONCE);
            });
    assertThat(answers).extracting(Response::status).containsOnly(HttpResponseStatus.OK);
    assertThat(collectors)
        .hasSize(MOST_AT_ONCE)
        .containsOnly(collectors.element())
        .doesNotContain(Thread.currentThread());
  }

  @Test
  void oneMoreIsA503AtOnceThatSaysWhenToComeAgain() throws Exception {
    requestAsManyAsMayWait();

    request();
    assertThat(answers)
        .singleElement()
        .satisfies(
            answer -> {
              assertThat(answer.status()).isEqualTo(HttpResponseStatus.SERVICE_UNAVAILABLE);
              assertThat(answer.fields()).contains("\r\nretry-after: 1\r\n");
            });
  }
}
