package io.github.websocketexporter.integration;

import io.github.websocketexporter.testing.KeptConnection;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What happens on a host that has hardly any local ports: a program for a network namespace of its
 * own. Prints how each probe ended.
 */
final class NarrowHost {
  private static final Path PORT_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final int PATIENCE_MILLIS = 20_000;

  private NarrowHost() {}

  /** Runs with these options for the exporter's JVM. */
  public static void main(String... jvmOptions) throws IOException {
    Deque<Socket> others = new ArrayDeque<>();
    try (ScriptedServer target = ScriptedServer.start(Peer::answerPings);
        ExporterProcess exporter = ExporterProcess.on(Jdk.current(), jvmOptions).start();
        KeptConnection scraper = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
      Files.writeString(PORT_RANGE, "61000 61099");
      useUpPorts(others, target.port());
      probe(scraper, target);
      scraper.sendGet("/metrics");
      scraper
          .read()
          .lines()
          .filter(line -> line.contains("no_local_port"))
          .forEach(System.out::println);

      while (!others.isEmpty()) {
        Socket other = others.pop();
        // Without TIME_WAIT.
        other.setSoLinger(true, 0);
        other.close();
      }
      probe(scraper, target);
    }
  }

  private static void useUpPorts(Deque<Socket> sockets, int port) throws IOException {
    while (true) {
      try {
        sockets.push(new Socket(InetAddress.getLoopbackAddress(), port));
      } catch (SocketException e) {
        return;
      }
    }
  }

  private static void probe(KeptConnection scraper, ScriptedServer target) throws IOException {
    scraper.sendGet("/probe?target=" + ExporterProcess.percentEncoded(target.ws("/")));
    String answer = scraper.read();
    System.out.println(answer.lines().findFirst().orElseThrow());
    System.out.println(Answer.failureIn(answer));
  }
}
