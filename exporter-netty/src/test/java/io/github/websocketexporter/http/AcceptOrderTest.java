package io.github.websocketexporter.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A crowd that connects while the loop is busy. */
@Timeout(30)
class AcceptOrderTest {
  private static final int CROWD = 200;

  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1", "a"));
  private final CompletableFuture<Double> openAtTheFirstProbe = new CompletableFuture<>();

  /** Notes how many connections were open when the first probe began, and lets it hang. */
  private Prober prober() {
    return (request, onResult) -> {
      openAtTheFirstProbe.complete(connections());
      return () -> {};
    };
  }

  private double connections() {
    return metrics.snapshots().stream()
        .filter(each -> each.getMetadata().getName().equals("websocket_exporter_http_connections"))
        .map(GaugeSnapshot.class::cast)
        .mapToDouble(each -> each.getDataPoints().get(0).getValue())
        .sum();
  }

  /** Netty's epoll transport would accept one of them, serve it, accept the next one. */
  @Test
  void isAcceptedWholeBeforeTheFirstIsServed() throws Exception {
    assumeTrue(Epoll.isAvailable(), "There is no epoll here.");
    Transport transport = Transport.select(TransportKind.EPOLL, ClockKind.LOOP);
    EventLoopGroup loops = transport.newEventLoops(1);
    ConfigLoader.Flags flags =
        new ConfigLoader.Flags().set("test", "web.listen-addresses", List.of("127.0.0.1:0"));
    List<Socket> crowd = new ArrayList<>();
    try (HttpServer server =
        new HttpServer(
            LiveConfig.of(ConfigLoader.parse(null, flags).read()),
            new BuildInfo("1", "a"),
            metrics,
            loops,
            transport,
            loop -> prober())) {
      InetSocketAddress address = server.start().get(0);
      CountDownLatch busy = new CountDownLatch(1);
      loops.next().execute(() -> awaitQuietly(busy));
      for (int i = 0; i < CROWD; i++) {
        Socket client = new Socket(address.getAddress(), address.getPort());
        crowd.add(client);
        client
            .getOutputStream()
            .write(
                "GET /probe?target=ws://127.0.0.1/ HTTP/1.1\r\nHost: h\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
      }
      busy.countDown();

      assertThat(openAtTheFirstProbe.get(20, SECONDS)).isEqualTo(CROWD);
    } finally {
      for (Socket client : crowd) {
        client.close();
      }
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
