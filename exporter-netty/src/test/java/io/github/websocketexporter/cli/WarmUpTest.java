package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
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
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
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
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(event.getLevel() + " " + event.getMessage());
        }
      };

  private static final ResourceLeakDetector.Level LEAK_DETECTION = ResourceLeakDetector.getLevel();

  /** Every access to a buffer takes a stack trace otherwise: too slow for so many probes. */
  @BeforeAll
  static void trackOnlyABufferInAHundred() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
  }

  @AfterAll
  static void trackBuffersAsBefore() {
    ResourceLeakDetector.setLevel(LEAK_DETECTION);
  }

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
  void whoeverFindsItsPortCanHaveNothingElseProbed() throws Exception {
    assumeTrue(Files.exists(OPEN_FILES), "the port is looked up in /proc");
    try (ScriptedServer other = ScriptedServer.start(Peer::answerPings);
        Exporter exporter = exporter("127.0.0.1:0", "30s")) {
      exporter.start();
      Set<Integer> before = listeningPorts();
      CompletableFuture<Void> warm = warmUp(exporter);
      await().until(() -> listeningPorts().size() > before.size());
      Set<Integer> ports = listeningPorts();
      ports.removeAll(before);
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.iterator().next());

      assertThat(get(address, "/probe?target=" + other.ws("/")).status()).isEqualTo(503);
      assertThat(other.accepted()).isZero();
      assertThat(warm.isDone()).isFalse();
    }
  }

  private static String target(Path link) throws IOException {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (NoSuchFileException e) {
      return "closed meanwhile";
    }
  }

  /** Of this process, as Linux tells. */
  private static Set<Integer> listeningPorts() throws IOException {
    Set<String> own = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(OPEN_FILES)) {
      for (Path file : files) {
        own.add(target(file));
      }
    }
    Set<Integer> ports = new HashSet<>();
    for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.strip().split(" +");
        if (fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]")) {
          ports.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
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
