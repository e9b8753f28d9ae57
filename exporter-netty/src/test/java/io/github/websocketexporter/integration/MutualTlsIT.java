package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.OpenSslAuthority;
import io.github.websocketexporter.testing.OpenSslAuthority.Identity;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exporter against an nginx that lets in only clients with a certificate of its authority. */
class MutualTlsIT {
  private static final String PASSWORD = "cnryKeyPasswordZ7";
  private static final String CLIENT = "extendedKeyUsage = clientAuth";
  private static final String MODULES =
      """
      websocket-exporter.modules {
        mutual_tls.tls {
          ca-file = "%s"
          cert-file = "%s"
          key-file = encrypted.pem
          key-password = %s
        }
        password_of_a_file {
          extends = mutual_tls
          tls { key-password = null, key-password-file = password }
        }
        by_name { extends = mutual_tls, tls.server-name = nginx.example.test }
        no_certificate.tls.ca-file = "%1$s"
        certificate_of_a_stranger.tls {
          ca-file = "%1$s"
          cert-file = "%s"
          key-file = "%s"
        }
        unverified { extends = mutual_tls, tls { ca-file = null, insecure-skip-verify = true } }
        unverified_by_name { extends = by_name, tls.insecure-skip-verify = true }
        trusting_a_stranger { extends = mutual_tls, tls.ca-file = "%s" }
      }
      """;
  private static final String LISTEN =
      " ssl; ssl_certificate %s; ssl_certificate_key %s;"
          + " ssl_verify_client on; ssl_client_certificate %s";

  @TempDir private static Path directory;
  private static PeerProcess behind;
  private static NginxProcess nginx;
  private static ExporterProcess exporter;

  @BeforeAll
  static void start() throws Exception {
    OpenSslAuthority.assumeInstalled();
    OpenSslAuthority authority = OpenSslAuthority.root(directory, "an authority");
    OpenSslAuthority stranger = OpenSslAuthority.root(directory, "a stranger");
    Identity server = authority.issue("nginx", "subjectAltName = IP:127.0.0.1");
    Identity client = authority.issue("RSA", "a client", CLIENT, List.of());
    Identity strange = stranger.issue("a strange client", CLIENT);
    OpenSslAuthority.run(
        "pkcs8",
        "-topk8",
        "-in",
        client.key().toString(),
        "-passout",
        "pass:" + PASSWORD,
        "-out",
        directory.resolve("encrypted.pem").toString());
    Files.writeString(directory.resolve("password"), PASSWORD + "\n");
    behind = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of());
    nginx =
        NginxProcess.start(
            directory,
            LISTEN.formatted(server.chain(), server.key(), authority.certificate()),
            behind.port());
    String modules =
        MODULES.formatted(
            authority.certificate(),
            client.chain(),
            PASSWORD,
            strange.chain(),
            strange.key(),
            stranger.certificate());
    Path config = Files.writeString(directory.resolve("exporter.conf"), modules);
    exporter = ExporterProcess.start("--debug", "--config.file=" + config);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {exporter, nginx, behind}) {
      if (each != null) {
        each.close();
      }
    }
  }

  /** To clients that it does not let in, nginx says so in HTTP. */
  @ParameterizedTest
  @CsvSource({
    "mutual_tls, none, 1",
    "password_of_a_file, none, 1",
    "unverified, none, 0",
    "unverified_by_name, none, 0",
    "by_name, tls/tls_hostname_mismatch, 0",
    "trusting_a_stranger, tls/tls_certificate_untrusted, 0",
    "no_certificate, upgrade/upgrade_status, 1",
    "certificate_of_a_stranger, upgrade/upgrade_status, 1",
  })
  void isLetInWithACertificateOfTheAuthority(String module, String failure, double verified) {
    String target =
        URLEncoder.encode("wss://127.0.0.1:" + nginx.port() + "/", StandardCharsets.UTF_8);

    Answer answer = exporter.get("/probe?module=" + module + "&target=" + target);

    assertThat(answer.failure()).isEqualTo(failure);
    assertThat(answer.sample("probe_success")).isEqualTo(failure.equals("none") ? 1 : 0);
    assertThat(answer.sample("probe_websocket_tls_verified")).isEqualTo(verified);
    assertThat(answer.sample("probe_ssl_earliest_cert_expiry")).isPositive();
    assertThat(answer.body() + exporter.stderr()).doesNotContain(PASSWORD);
  }
}
