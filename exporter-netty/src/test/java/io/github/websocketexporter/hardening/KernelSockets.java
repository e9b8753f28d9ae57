package io.github.websocketexporter.hardening;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The TCP sockets of this network namespace, as the kernel lists them (proc_pid_net(5)). */
final class KernelSockets {
  private static final String TIME_WAIT = "06";
  private static final String NOTHING = "00000000:";

  private KernelSockets() {}

  /** How many wait out their time. */
  static long waiting() throws IOException {
    return count(fields -> fields[3].equals(TIME_WAIT));
  }

  /** On how many of {@code localPort} there is something to send that is not taken. */
  static long unsent(int localPort) throws IOException {
    String local = String.format(":%04X", localPort);
    return count(fields -> fields[1].endsWith(local) && !fields[4].startsWith(NOTHING));
  }

  private static long count(Predicate<String[]> isMeant) throws IOException {
    long count = 0;
    for (String family : List.of("tcp", "tcp6")) {
      try (Stream<String> sockets = Files.lines(Path.of("/proc/net/" + family))) {
        count += sockets.map(line -> line.strip().split(" +", -1)).filter(isMeant).count();
      }
    }
    return count;
  }
}
