package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Signals to other processes. */
public final class ProcessSignals {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private ProcessSignals() {}

  /** Sends a signal such as {@code TERM}. */
  public static void send(Process process, String name) {
    run("kill", "-" + name, Long.toString(process.pid()));
  }

  /** Stops it, as a debugger or a freezer of containers does, and awaits that it stands still. */
  public static void stop(Process process) {
    send(process, "STOP");
    await()
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> isStopped(process));
  }

  /** Runs a command that must end well. */
  public static void run(String... command) {
    try {
      assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Whether all of its threads are. */
  private static boolean isStopped(Process process) throws IOException {
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path task : tasks) {
        String stat = Files.readString(task.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    }
  }
}
