package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each probe is of one configuration, however often another one is put in force. */
@Timeout(120)
class SnapshotTest {
  private static final int RELOADS = 1_000;

  /** What is in force is another one of two; each allows only the host of its own target. */
  private static final List<String> HOSTS = List.of("127.0.0.1", "localhost");

  /** What makes a configuration a broken one: a value, a key, a file, the syntax, a reference. */
  private static final List<String> BROKEN =
      List.of(
          "probe.timeout = broken",
          "nonsense = 1",
          "modules.other.tls.ca-file = none.pem",
          "modules.other {",
          "modules.other.extends = nothing",
          "policy.deny.cidrs = [\"10.0.0.0/33\"]",
          "targets.other.url = \"ftp://localhost\"",
          "web.basic-auth-users.a = \"no hash\"");

  @TempDir private Path directory;

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();

  /** Values in five blocks, and in two files, which belong together. */
  private void write(int number, int port) throws IOException {
    Files.writeString(
        directory.resolve("exporter.conf"),
        """
        websocket-exporter {
          probe.default-module = m%1$d
          modules.m%1$d {
            user-agent = v%1$d
            headers { X-Version = v%1$d }
            authorization.bearer.token-file = token-%1$d
            tls.ca-file = ca-%1$d.pem
          }
          targets.node { url = "wss://%2$s:%3$d/v%1$d", headers { X-Target = v%1$d } }
          policy.allow.hosts = [%2$s]
          %4$s
        }
        """
            .formatted(
                number % 2,
                HOSTS.get(number % 2),
                port,
                isBroken(number) ? BROKEN.get(number / 4 % BROKEN.size()) : ""));
  }

  private static boolean isBroken(int number) {
    return number % 4 >= 2;
  }

  @Test
  void aThousandReloadsHalfOfThemBrokenMixNothing() throws Exception {
    Certificates certificates = Certificates.in(directory);
    String authority = certificates.authority().getCertificatePEM();
    String other =
        new CertificateBuilder()
            .subject("CN=Another authority")
            .setIsCertificateAuthority(true)
            .buildSelfSigned()
            .getCertificatePEM();
    Files.writeString(directory.resolve("ca-0.pem"), authority);
    Files.writeString(directory.resolve("ca-1.pem"), authority + other);
    Files.writeString(directory.resolve("token-0"), "v0");
    Files.writeString(directory.resolve("token-1"), "v1");
    try (ScriptedServer server =
        ScriptedServer.startTls(certificates.serverContext(), this::note)) {
      write(0, server.port());
      try (RunningExporter exporter = RunningExporter.of(directory.resolve("exporter.conf"))) {
        CompletableFuture<Integer> scraper =
            CompletableFuture.supplyAsync(() -> scrape(exporter, "probe_success 1.0\n", ""));
        CompletableFuture<Integer> person =
            CompletableFuture.supplyAsync(() -> scrape(exporter, ": success\n", "&debug=true"));
        reload(exporter, server.port());
        over.set(true);

        int probes = scraper.get(20, TimeUnit.SECONDS) + person.get(20, TimeUnit.SECONDS);
        assertThat(probes).as("were begun all the time").isGreaterThan(RELOADS / 4);
        assertThat(Set.copyOf(seen))
            .containsExactlyInAnyOrder("/v0 v0 v0 Bearer v0 v0", "/v1 v1 v1 Bearer v1 v1");
        assertThat(seen).hasSize(probes);
        assertThat(
                exporter.metric("websocket_exporter_probes_total{module=\"m0\"}")
                    + exporter.metric("websocket_exporter_probes_total{module=\"m1\"}"))
            .isEqualTo(probes);
      }
    }
  }

  private void reload(RunningExporter exporter, int port) throws Exception {
    for (int i = 1; i <= RELOADS; i++) {
      write(i, port);
      Optional<String> failure = exporter.config().reload().get(20, TimeUnit.SECONDS);
      assertThat(failure.isPresent()).as("%s", failure).isEqualTo(isBroken(i));
    }
  }

  private void note(Peer peer) throws IOException {
    Peer.Head head = peer.acceptUpgrade();
    List<String> values = new ArrayList<>(List.of(head.requestTarget()));
    for (String name : List.of("user-agent", "x-version", "authorization", "x-target")) {
      values.add(head.value(name));
    }
    seen.add(String.join(" ", values));
    peer.sendFrame(Peer.PONG, peer.readFrame().payload());
    peer.awaitEnd();
  }

  /** Scrapes until it is over, and returns how often. */
  private int scrape(RunningExporter exporter, String success, String parameters) {
    int probes = 0;
    try (RawClient client = exporter.connect()) {
      while (!over.get()) {
        RawClient.Answer answer = client.sendGet("/probe?target=node" + parameters).read();
        assertThat(answer.body()).contains(success);
        probes++;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return probes;
  }
}
