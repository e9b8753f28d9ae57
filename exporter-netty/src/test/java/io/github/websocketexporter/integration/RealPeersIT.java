package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.websocketexporter.testing.Certificates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The exporter against WebSocket servers that others wrote. */
class RealPeersIT {
  private static final String TOKEN = "s3cret";
  private static final double PROMPT = 5;

  private static final Map<PeerProcess.Kind, PeerProcess> PLAIN =
      new EnumMap<>(PeerProcess.Kind.class);
  private static final Map<PeerProcess.Kind, PeerProcess> SECURE =
      new EnumMap<>(PeerProcess.Kind.class);

  @TempDir private static Path directory;
  private static Certificates certificates;
  private static ExporterProcess exporter;
  private static ExporterProcess trusting;

  @BeforeAll
  static void startExporters() throws Exception {
    certificates = Certificates.in(directory);
    exporter = ExporterProcess.start("--timeout=5s");
    trusting = ExporterProcess.on(Jdk.current(), certificates.trustOptions()).start("--timeout=5s");
  }

  @AfterAll
  static void stopAll() throws Exception {
    exporter.close();
    trusting.close();
    for (Map<PeerProcess.Kind, PeerProcess> peers : List.of(PLAIN, SECURE)) {
      for (PeerProcess peer : peers.values()) {
        peer.close();
      }
      peers.clear();
    }
  }

  static Stream<Arguments> peers() {
    return Stream.of(PeerProcess.Kind.values())
        .flatMap(kind -> Stream.of(arguments(kind, "ws"), arguments(kind, "wss")));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("peers")
  void aProbeSucceedsAndItsRoundTripHoldsThePeersDelay(PeerProcess.Kind kind, String scheme)
      throws Exception {
    Answer answer = trusting.probe(target(kind, scheme, "localhost", "?pong-after=50"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.samples())
        .containsEntry("probe_success", 1.0)
        .containsEntry("probe_websocket_up", 1.0)
        .containsEntry("probe_websocket_connection_upgraded", 1.0)
        .containsEntry("probe_websocket_ping_pong_success", 1.0)
        .containsEntry("probe_websocket_status_code", 101.0)
        .containsEntry("probe_websocket_pings_sent", 1.0)
        .containsEntry("probe_websocket_pongs_received", 1.0);
    assertThat(answer.phases())
        .isEqualTo(
            scheme.equals("wss")
                ? Set.of("resolve", "connect", "tls", "upgrade", "ping")
                : Set.of("resolve", "connect", "upgrade", "ping"));
    for (String phase : answer.phases()) {
      assertThat(answer.sample("probe_websocket_duration_seconds{phase=\"" + phase + "\"}"))
          .as(phase)
          .isPositive()
          .isLessThan(PROMPT);
    }
    double roundTrip = answer.sample("probe_websocket_ping_pong_duration_seconds");
    double connection = answer.sample("probe_websocket_connection_duration_seconds");
    assertThat(roundTrip).isGreaterThanOrEqualTo(0.050).isLessThan(1.050);
    assertThat(connection).isPositive().isLessThan(PROMPT);
    assertThat(answer.sample("probe_duration_seconds"))
        .isGreaterThanOrEqualTo(connection + roundTrip)
        .isLessThan(PROMPT);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("peers")
  void anAddressInsteadOfANameIsNotResolved(PeerProcess.Kind kind, String scheme) throws Exception {
    Answer answer = trusting.probe(target(kind, scheme, "127.0.0.1", ""));

    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.sample("probe_success")).isEqualTo(1);
    assertThat(answer.phases()).contains("connect", "upgrade", "ping").doesNotContain("resolve");
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("peers")
  void aWrongTokenIsRefusedWithTheStatusThatThePeerSent(PeerProcess.Kind kind, String scheme)
      throws Exception {
    Answer answer = trusting.probe(target(kind, scheme, "localhost", "").replace(TOKEN, "guess"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.failure()).isEqualTo("upgrade/upgrade_status");
    assertThat(answer.samples())
        .containsEntry("probe_success", 0.0)
        .containsEntry("probe_websocket_up", 0.0)
        .containsEntry("probe_websocket_ping_pong_success", 0.0)
        .containsEntry("probe_websocket_status_code", 403.0);
    assertThat(answer.phases()).contains("upgrade").doesNotContain("ping");
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("peers")
  void aPeerThatNeverAnswersThePingTimesOut(PeerProcess.Kind kind, String scheme) throws Exception {
    Answer answer =
        trusting.probe(
            target(kind, scheme, "localhost", "?pong-after=never"),
            "X-Prometheus-Scrape-Timeout-Seconds",
            "1.5");

    assertThat(answer.failure()).isEqualTo("ping/pong_timeout");
    assertThat(answer.samples())
        .containsEntry("probe_success", 0.0)
        .containsEntry("probe_websocket_up", 1.0)
        .containsEntry("probe_websocket_ping_pong_success", 0.0)
        .containsEntry("probe_websocket_ping_pong_duration_seconds", 0.0)
        .containsEntry("probe_websocket_pings_sent", 1.0)
        .containsEntry("probe_websocket_pongs_received", 0.0);
    // The scraper's 1.5 s less the offset of 500 ms.
    assertThat(answer.sample("probe_duration_seconds")).isGreaterThanOrEqualTo(1.0).isLessThan(5);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(PeerProcess.Kind.class)
  void aCertificateOfAnUnknownAuthorityIsUntrusted(PeerProcess.Kind kind) throws Exception {
    Answer answer = exporter.probe(target(kind, "wss", "localhost", ""));

    assertThat(answer.failure()).isEqualTo("tls/tls_certificate_untrusted");
    assertThat(answer.sample("probe_success")).isZero();
    assertThat(answer.phases()).contains("tls").doesNotContain("upgrade", "ping");
  }

  @Test
  void eachOfTwoHundredProbesAtOnceIsAnsweredWithItsOwnRoundTrip() throws Exception {
    // A cold JVM is slow for its first probes; this is not about them.
    for (int i = 0; i < 20; i++) {
      exporter.probe(target(PeerProcess.Kind.NODE_WS, "ws", "127.0.0.1", "/warm-up"));
    }
    Map<Integer, CompletableFuture<Answer>> answers = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      int delayMillis = 10 + i;
      String path = "/target-" + i + "?pong-after=" + delayMillis;
      String target = target(PeerProcess.Kind.NODE_WS, "ws", "127.0.0.1", path);
      answers.put(delayMillis, exporter.probeInBackground(target));
    }
    CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new)).join();

    SoftAssertions softly = new SoftAssertions();
    answers.forEach(
        (delayMillis, answer) -> {
          double delay = delayMillis / 1_000.0;
          softly.assertThat(answer.join().sample("probe_success")).isEqualTo(1);
          softly
              .assertThat(answer.join().sample("probe_websocket_ping_pong_duration_seconds"))
              .as("round trip of the target with a delay of %d ms", delayMillis)
              .isGreaterThanOrEqualTo(delay - 0.005)
              .isLessThan(delay + 5);
        });
    softly.assertAll();
  }

  private static String target(PeerProcess.Kind kind, String scheme, String host, String rest)
      throws Exception {
    int port = (scheme.equals("wss") ? peer(SECURE, kind) : peer(PLAIN, kind)).port();
    return scheme + "://" + host + ":" + port + "/" + TOKEN + rest;
  }

  private static PeerProcess peer(Map<PeerProcess.Kind, PeerProcess> running, PeerProcess.Kind kind)
      throws Exception {
    if (!running.containsKey(kind)) {
      List<String> options = new ArrayList<>(List.of("--token", TOKEN));
      if (running == SECURE) {
        options.addAll(
            List.of(
                "--cert",
                certificates.chainPem().toString(),
                "--key",
                certificates.keyPem().toString()));
      }
      running.put(kind, PeerProcess.start(kind, options));
    }
    return running.get(kind);
  }
}
