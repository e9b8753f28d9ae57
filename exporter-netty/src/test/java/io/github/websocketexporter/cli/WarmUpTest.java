package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.http.LiveConfig;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.testing.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What the exporter does before it says that it is ready. */
@Timeout(60)
class WarmUpTest {
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(event.getLevel() + " " + event.getMessage());
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    for (String name : List.of("io.github.websocketexporter", "io.netty")) {
      Logger logger = (Logger) LoggerFactory.getLogger(name);
      logger.setLevel(Level.INFO);
      logger.addAppender(appender);
    }
  }

  @AfterEach
  void quiet() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:0", ":0", "[::1]:0"})
  void isReadyOnlyWhenItIsWarmAndAnswersProbesMeanwhile(String listenAddress) throws Exception {
    assumeTrue(!listenAddress.startsWith("[") || Ports.hasIp6());
    try (Exporter exporter = exporter(listenAddress, "30s")) {
      InetSocketAddress address = exporter.start().get(0);
      String probe = "/probe?target=" + ownWebSocket(address);
      assertThat(get(address, "/-/ready").status()).isEqualTo(503);

      CompletableFuture<Void> warm = warmUp(exporter);
      int before = 0;
      while (!warm.isDone()) {
        RawClient.Answer ready = get(address, "/-/ready");
        before += ready.status() == 503 ? 1 : 0;
        assertThat(get(address, probe).body()).contains("probe_success 1");
      }

      warm.get();
      assertThat(before).isPositive();
      assertThat(get(address, "/-/ready").status()).isEqualTo(200);
      assertThat(logged).contains("INFO ready").noneMatch(line -> line.startsWith("WARN"));
    }
  }

  @Test
  void itsProbesAreNotCounted() throws Exception {
    try (Exporter exporter = exporter("127.0.0.1:0", "30s")) {
      InetSocketAddress address = exporter.start().get(0);
      exporter.prepare();
      exporter.warmUp();
      String before = get(address, "/metrics").body();
      get(address, "/probe?target=" + ownWebSocket(address));
      String after = get(address, "/metrics").body();

      assertThat(probes(before)).isZero();
      assertThat(RunningExporter.value(before, "websocket_exporter_http_connections")).isEqualTo(1);
      assertThat(probes(after)).isEqualTo(1);
    }
  }

  @Test
  void endsInTimeWhereItIsNotDone() throws Exception {
    try (Exporter exporter = exporter("127.0.0.1:0", "1ms")) {
      InetSocketAddress address = exporter.start().get(0);
      exporter.prepare();
      exporter.warmUp();
      assertThat(get(address, "/-/ready").status()).isEqualTo(200);
    }
  }

  @RepeatedTest(5)
  void aDrainEndsItAndItIsNeverReady() throws Exception {
    try (Exporter exporter = exporter("127.0.0.1:0", "1m")) {
      InetSocketAddress address = exporter.start().get(0);
      CompletableFuture<Void> warm = warmUp(exporter);
      get(address, "/-/ready"); // Its turn comes among those of the warm-up: that is under way.
      CompletableFuture<Void> drained = CompletableFuture.runAsync(exporter::drainWithoutDelay);
      drained.get(10, TimeUnit.SECONDS);
      warm.get(10, TimeUnit.SECONDS);
    }
    assertThat(logged).containsExactly("INFO listening", "INFO draining", "INFO stopped");
  }

  @Test
  void anExporterThatWasStoppedBeforeItIsNotWarmedUp() throws Exception {
    try (Exporter exporter = exporter("127.0.0.1:0", "1m")) {
      exporter.start();
      exporter.drain();

      exporter.warmUp();
    }
    assertThat(logged).doesNotContain("INFO ready").noneMatch(line -> line.startsWith("WARN"));
  }

  private static Exporter exporter(String listenAddress, String warmUp) throws Exception {
    ConfigLoader.Flags flags =
        new ConfigLoader.Flags()
            .set("test", "web.listen-addresses", List.of(listenAddress))
            .set("test", "warm-up", warmUp);
    BuildInfo build = new BuildInfo("1.2.3", "abcdef");
    return new Exporter(
        LiveConfig.of(ConfigLoader.parse(null, flags).read()), build, new ExporterMetrics(build));
  }

  private static CompletableFuture<Void> warmUp(Exporter exporter) throws Exception {
    exporter.prepare();
    return CompletableFuture.runAsync(exporter::warmUp);
  }

  private static String ownWebSocket(InetSocketAddress address) {
    String host = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : host(address);
    return "ws://" + host + ":" + address.getPort() + "/-/websocket";
  }

  private static String host(InetSocketAddress address) {
    String literal = address.getAddress().getHostAddress();
    return literal.contains(":") ? "[" + literal + "]" : literal;
  }

  private static double probes(String exposition) {
    return exposition
        .lines()
        .filter(line -> line.matches("websocket_exporter_probes_total(\\{.*})? .*"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static RawClient.Answer get(InetSocketAddress address, String path) throws Exception {
    InetAddress host =
        address.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : address.getAddress();
    try (RawClient client = new RawClient(host, address.getPort())) {
      return client.sendGet(path).read();
    }
  }
}
