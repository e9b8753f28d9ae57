package io.github.websocketexporter.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An exporter on a host whose local ports towards the target are all in use. */
class LocalPortsIT {
  private static final List<String> AS_ROOT = List.of("unshare", "-n");
  private static final List<String> AS_USER = List.of("unshare", "-r", "-n");
  private static final List<String> LOOPBACK_UP =
      List.of("sh", "-c", "ip link set lo up && exec \"$@\"", "sh");
  private static final int LIMIT_SECONDS = 60;

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void saysSoAndRecovers(String withoutNativeTransport) throws Exception {
    List<String> host = new ArrayList<>(hostOfItsOwn());
    host.add(Jdk.current().java().toString());
    host.add("-Dexporter.jar=" + System.getProperty("exporter.jar"));
    host.addAll(List.of("-cp", System.getProperty("java.class.path")));
    host.add(NarrowHost.class.getName());
    host.add("-Dio.netty.transport.noNative=" + withoutNativeTransport);

    assertThat(outputOf(host).lines())
        .containsExactly(
            "HTTP/1.1 503 Service Unavailable",
            "none",
            "websocket_exporter_probe_failures_total{module=\"websocket_ping\",phase=\"connect\","
                + "reason=\"no_local_port\"} 1.0",
            "websocket_exporter_probes_rejected_total{reason=\"no_local_port\"} 1.0",
            "HTTP/1.1 200 OK",
            "none");
  }

  /** What runs a command in a network namespace of its own. */
  private static List<String> hostOfItsOwn() throws IOException, InterruptedException {
    for (List<String> unshare : List.of(AS_ROOT, AS_USER)) {
      List<String> host = Stream.of(unshare, LOOPBACK_UP).flatMap(List::stream).toList();
      if (runs(Stream.concat(host.stream(), Stream.of("true")).toList())) {
        return host;
      }
    }
    assumeTrue(
        false,
        "There is no network namespace to be had:"
            + " install util-linux and iproute2, and run as root or allow user namespaces.");
    return List.of();
  }

  private static boolean runs(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String outputOf(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
      return new String(process.getInputStream().readAllBytes(), UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }
}
