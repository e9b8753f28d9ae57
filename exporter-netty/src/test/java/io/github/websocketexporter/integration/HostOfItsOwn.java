package io.github.websocketexporter.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs in a network namespace of their own, which has only its loopback. */
public final class HostOfItsOwn {
  private static final List<String> AS_ROOT = List.of("unshare", "-n");
  private static final List<String> AS_USER = List.of("unshare", "-r", "-n");
  private static final List<String> LOOPBACK_UP =
      List.of("sh", "-c", "ip link set lo up && exec \"$@\"", "sh");
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private HostOfItsOwn() {}

  /**
   * Runs {@code program}, which has a main method, to its end. Aborts the test where there is no
   * such namespace to be had.
   *
   * @return what it printed
   */
  public static Stream<String> run(Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    return run(LIMIT, program, arguments);
  }

  /** The same, for a program that may take so long. */
  public static Stream<String> run(Duration limit, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(host());
    command.add(Jdk.current().java().toString());
    command.add("-Dexporter.jar=" + System.getProperty("exporter.jar"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return outputOf(command, limit).lines();
  }

  /** What runs a command there. */
  private static List<String> host() throws IOException, InterruptedException {
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

  private static String outputOf(List<String> command, Duration limit)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)).as("it ended").isTrue();
      return new String(process.getInputStream().readAllBytes(), UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }
}
