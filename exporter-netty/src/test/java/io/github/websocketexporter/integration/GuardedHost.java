package io.github.websocketexporter.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A host at whose denied addresses a WebSocket would answer, and whose firewall counts the
 * connections that are begun to them: a program for a network namespace of its own. Prints what it
 * saw.
 */
final class GuardedHost {
  private static final String ALLOWED = "192.0.2.1";
  private static final String METADATA = "169.254.169.254";
  private static final String NAME = "node.example.test";
  private static final int FLIPS = 300;

  private static final List<String> ADDRESSES =
      List.of(
          ALLOWED,
          METADATA,
          "100.100.100.200",
          "168.63.129.16",
          "10.0.0.1",
          "fd00:ec2::254",
          "fd20:ce::254",
          "fe80::1",
          "::ffff:0:a9fe:a9fe",
          "64:ff9b::a9fe:a9fe",
          "2002:a9fe:a9fe::1");

  private static final String TABLE =
      """
      table inet guard {
        counter denied {}
        chain outgoing {
          type filter hook output priority 0;
          tcp flags & (syn | ack) != syn accept
          ip daddr { 169.254.0.0/16, 100.100.100.200, 168.63.129.16, 10.0.0.0/8 } counter name denied
          ip6 daddr { fe80::/10, fd00:ec2::254, fd20:ce::254, ::ffff:0:0:0/96, 64:ff9b::/96, 2002::/16 } counter name denied
        }
      }
      """;

  private static final String CONFIG =
      """
      websocket-exporter {
        dns { servers = ["127.0.0.1:%d"], negative-ttl = 0s }
        policy.deny.cidrs += "10.0.0.0/8"
        targets.metadata.url = "ws://169.254.169.254:%2$d/"
        modules {
          http { proxy.url = "http://%3$s:%2$d" }
          socks { proxy.url = "socks5://%3$s:%2$d" }
          held { continuous = true, timeout = 1s, ping.interval = 100ms }
          ip6 { ip-protocol = ip6 }
        }
      }
      """;

  private final ExporterProcess exporter;
  private final DnsServer names;
  private final int port;
  private final Map<String, Integer> outcomes = new TreeMap<>();

  private GuardedHost(ExporterProcess exporter, DnsServer names, int port) {
    this.exporter = exporter;
    this.names = names;
    this.port = port;
  }

  /** Runs. */
  public static void main(String... none) throws Exception {
    for (String address : ADDRESSES) {
      run("ip", "addr", "add", address + (address.contains(":") ? "/128" : "/32"), "dev", "lo");
    }
    run("nft", TABLE);
    Path config = Files.createTempFile("guarded", ".conf");
    try (DnsServer names = new DnsServer();
        ScriptedServer target =
            ScriptedServer.start(new ServerSocket(0), GuardedHost::answerOrRedirect)) {
      Files.writeString(
          config, CONFIG.formatted(names.address().getPort(), target.port(), ALLOWED));
      try (ExporterProcess exporter = ExporterProcess.start("--config.file=" + config)) {
        await().until(() -> exporter.get("/-/ready").status() == 200);
        GuardedHost host = new GuardedHost(exporter, names, target.port());
        host.proveThatItCounts();
        host.askForEverySpelling();
        host.askForRedirects();
        host.askForNames();
        host.flip();
        host.flipBelowASession();
        host.outcomes.forEach((outcome, times) -> System.out.println(outcome + ": " + times));
        System.out.println("connections begun to denied addresses: " + denied());
      }
    } finally {
      Files.delete(config);
    }
  }

  /** Answers PINGs; or sends whoever asks for /NUMBER/HOST there, with that status. */
  private static void answerOrRedirect(Peer peer) throws IOException {
    Peer.Head head = peer.readRequestHead();
    String[] path = head.requestTarget().split("/");
    if (path.length == 3) {
      String location = "Location: ws://" + path[2] + ":" + peer.socket().getLocalPort() + "/";
      peer.send(Peer.response(path[1] + " Elsewhere", location, "Content-Length: 0"));
      peer.awaitEnd();
      return;
    }
    peer.send(Peer.switchingProtocols(head));
    for (Peer.Frame frame = peer.readFrame();
        frame.opcode() == Peer.PING;
        frame = peer.readFrame()) {
      peer.sendFrame(Peer.PONG, frame.payload());
    }
  }

  /** One connection to each denied address is seen, and one to the allowed address is not. */
  private void proveThatItCounts() throws IOException {
    for (String address : ADDRESSES) {
      new Socket(address.startsWith("fe80") ? address + "%lo" : address, port).close();
    }
    System.out.println("connections of our own to denied addresses: " + denied());
    run("nft", "reset", "counters");
    System.out.println("allowed: " + probe("websocket_ping", ALLOWED + ":" + port));
  }

  private void askForEverySpelling() {
    Stream.of(
            METADATA,
            METADATA + ".",
            "user@" + METADATA,
            ALLOWED + "@" + METADATA,
            METADATA + "%2f@" + METADATA,
            "100.100.100.200",
            "168.63.129.16",
            "10.0.0.1",
            "2852039166",
            "0xa9fea9fe",
            "0xA9.0xFE.0xA9.0xFE",
            "0251.0376.0251.0376",
            "025177524776",
            "169.254.43518",
            "169.16689662",
            "169.254.169.0xfe",
            "0000000251.254.169.254",
            "169.254.169.254%00",
            "169%2e254%2e169%2e254",
            "%31%36%39.254.169.254",
            "１６９.２５４.１６９.２５４",
            "169。254。169。254",
            "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[::FFFF:A9FE:A9FE]",
            "[0:0:0:0:0:ffff:a9fe:a9fe]",
            "[::169.254.169.254]",
            "[::ffff:0:a9fe:a9fe]",
            "[64:ff9b::169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[fd00:ec2::254]",
            "[FD00:0EC2::0254]",
            "[fd20:ce::254]",
            "[fe80::1]",
            "[fe80::1%25lo]",
            "[fe80::1%lo]",
            "[::ffff:10.0.0.1]",
            "[169.254.169.254]",
            "[::ffff:169.254.169.254",
            "example.test:80\\@" + METADATA,
            "example.test#@" + METADATA,
            METADATA + "#@" + ALLOWED,
            METADATA + "?@" + ALLOWED,
            " " + METADATA,
            METADATA + " ",
            "\t" + METADATA,
            METADATA + "\r\n")
        .map(host -> host + ":" + port)
        .forEach(authority -> note(authority, probe("websocket_ping", authority)));
    for (String module : List.of("http", "socks", "ip6")) {
      note(module, probe(module, METADATA + ":" + port));
      note(module, probe(module, "[::ffff:a9fe:a9fe]:" + port));
    }
    note("a named target", outcome(exporter.get("/probe?target=metadata")));
  }

  private void askForRedirects() {
    IntStream.of(300, 301, 302, 303, 305, 307, 308)
        .mapToObj(status -> ALLOWED + ":" + port + "/" + status + "/" + METADATA)
        .forEach(target -> note(target, probe("websocket_ping", target)));
  }

  private void askForNames() throws IOException {
    List<List<String>> answers =
        List.of(
            List.of(METADATA),
            List.of("::ffff:169.254.169.254"),
            List.of("::ffff:0:a9fe:a9fe"),
            List.of("64:ff9b::a9fe:a9fe"),
            List.of("2002:a9fe:a9fe::1"),
            List.of("fd00:ec2::254"),
            List.of("fe80::1"),
            List.of("10.0.0.1", METADATA));
    for (List<String> answer : answers) {
      // A name of its own for each, of which nothing is remembered.
      String name = "n" + answers.indexOf(answer) + ".example.test";
      names.has(name, 0, answer.toArray(String[]::new));
      note(name, probe("websocket_ping", name + ":" + port));
      note(name, probe("ip6", name.toUpperCase(Locale.ROOT) + ".:" + port));
      note(name, probe("socks", name + ":" + port));
    }
  }

  /** Probes while the answer changes from one to the next; those that come through were allowed. */
  private void flip() throws IOException {
    for (int i = 0; i < FLIPS; i++) {
      names.has(NAME, 0, i % 2 == 0 ? ALLOWED : METADATA);
      String outcome = probe("websocket_ping", NAME + ":" + port);
      if (!outcome.equals("none")) {
        note(NAME, outcome);
      }
    }
    names.has(NAME, 0, ALLOWED, METADATA);
    System.out.println("allowed after all: " + probe("websocket_ping", NAME + ":" + port));
  }

  /** A connection that is held, and made anew when its name has another address. */
  private void flipBelowASession() throws IOException {
    String target = "held.example.test:" + port;
    names.has("held.example.test", 0, ALLOWED);
    await().until(() -> probe("held", target).equals("none"));
    names.has("held.example.test", 0, METADATA);
    run("nft", "insert", "rule", "inet", "guard", "outgoing", "ip", "daddr", ALLOWED, "drop");
    await().until(() -> probe("held", target).endsWith("/target_denied"));
    System.out.println("a session whose name moved: target_denied");
  }

  private String probe(String module, String target) {
    return outcome(
        exporter.get(
            "/probe?module="
                + module
                + "&target="
                + ExporterProcess.percentEncoded("ws://" + target)));
  }

  private static String outcome(Answer answer) {
    return answer.status() == 200 ? answer.failure() : String.valueOf(answer.status());
  }

  private void note(String what, String outcome) {
    if (outcome.equals("none")) {
      System.out.println("came through: " + what);
    }
    outcomes.merge(outcome, 1, Integer::sum);
  }

  private static long denied() {
    Matcher packets =
        Pattern.compile("packets (\\d+)")
            .matcher(run("nft", "list", "counter", "inet", "guard", "denied"));
    if (!packets.find()) {
      throw new IllegalStateException("there is no counter");
    }
    return Long.parseLong(packets.group(1));
  }

  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
