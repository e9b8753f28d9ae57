package io.github.websocketexporter.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripHistogram;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Results of probes, and their metrics as text. */
public final class Results {
  public static final String SECRET = "c4n4ry";

  public static final ChainFacts CHAIN =
      new ChainFacts(
          1_767_225_600,
          1_798_761_600,
          "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          "CN=node.test,O=Nodes",
          "CN=Authority",
          "node.test,*.node.test,198.51.100.7",
          "2af1");

  /** Of a session that has not come to a connection yet. */
  public static final SessionFacts NEW_SESSION =
      new SessionFacts(
          false,
          0,
          0,
          0,
          0,
          0,
          new TreeMap<>(),
          new RoundTripHistogram(List.of(Duration.ofSeconds(1))),
          OptionalLong.empty(),
          OptionalLong.empty());

  private Results() {}

  public static ProbeResult successOverTls() {
    PhaseTimings timings =
        new PhaseTimings.Builder()
            .add(Phase.RESOLVE, 1_000_000)
            .add(Phase.CONNECT, 2_000_000)
            .add(Phase.TLS, 4_000_000)
            .add(Phase.UPGRADE, 8_000_000)
            .add(Phase.PING, 500_000)
            .build();
    return builder()
        .timings(timings)
        .address(address(192, 0, 2, 1))
        .tcp(new TcpFacts(250_000, 125_000, 2))
        .tls(new TlsFacts(true, "TLS 1.3", "TLS_AES_128_GCM_SHA256", CHAIN))
        .upgrade(new UpgradeFacts(101, "chat", "permessage-deflate"))
        .connectionNanos(15_250_000)
        .pings(PingStatistics.single(0, new RoundTrip(500_000, 1_500, ArrivalClock.KERNEL)))
        .build(16_000_000, null);
  }

  /** A probe that failed at once, without any fact. */
  public static ProbeResult failure(Phase phase, FailureReason reason) {
    return builder().build(3_000_000, new Failure(phase, reason));
  }

  /** The same of a connection that is held, which has come to {@code session}. */
  public static ProbeResult held(ProbeResult result, SessionFacts session) {
    return new ProbeResult(
        result.request(),
        result.durationNanos(),
        result.timings(),
        result.address(),
        result.tcp(),
        result.tls(),
        result.upgrade(),
        result.connectionNanos(),
        result.messages(),
        result.pings(),
        session,
        result.failure());
  }

  /** Begins the result of a probe over wss with the default module. */
  public static ProbeResult.Builder builder() {
    return ProbeResult.builder(
        request("wss://c4n4ry:c4n4ry@example.com/c4n4ry?token=c4n4ry", "websocket_ping"));
  }

  public static ProbeRequest request(String target, String module) {
    return request(target, ProbeModule.builder(module, Duration.ofSeconds(10)).build());
  }

  public static ProbeRequest request(String target, ProbeModule module) {
    try {
      return new ProbeRequest(Target.parse(target), module, Duration.ofMillis(9500));
    } catch (InvalidTargetException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static InetAddress address(int... bytes) {
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = (byte) bytes[i];
    }
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static String text(MetricSnapshots snapshots) {
    return new String(Exposition.render(snapshots, ExpositionFormat.TEXT, false), UTF_8);
  }

  static String openMetrics(MetricSnapshots snapshots) {
    return new String(Exposition.render(snapshots, ExpositionFormat.OPEN_METRICS, false), UTF_8);
  }

  static byte[] bytes(ProbeResult result, ExpositionFormat format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ProbeMetrics.write(result, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static String text(ProbeResult result) {
    return new String(bytes(result, ExpositionFormat.TEXT), UTF_8);
  }

  static String openMetrics(ProbeResult result) {
    return new String(bytes(result, ExpositionFormat.OPEN_METRICS), UTF_8);
  }

  static List<String> samples(ProbeResult result) {
    return samples(text(result));
  }

  private static List<String> samples(String text) {
    return text.lines().filter(line -> !line.startsWith("#")).toList();
  }

  /** The lines of the text format that are not comments. */
  static List<String> samples(MetricSnapshots snapshots) {
    return samples(text(snapshots));
  }
}
