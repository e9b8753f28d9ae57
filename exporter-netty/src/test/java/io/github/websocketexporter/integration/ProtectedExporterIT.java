package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An exporter with the configuration that is shipped for its protection, and what curl, vmagent and
 * Prometheus make of that.
 */
@Timeout(120)
class ProtectedExporterIT {
  private static final Path SHIPPED =
      Path.of(System.getProperty("basedir", "."), "../config/protected.conf");
  private static final String PASSWORD = "open-sesame";

  @TempDir private static Path directory;

  private static ExporterProcess exporter;

  @BeforeAll
  static void start() throws Exception {
    ScraperProcess.assumeInstalled();
    Assumptions.assumeTrue(
        ScraperProcess.isInstalled("curl"), "curl is not installed: install curl with apt.");
    Certificates certificates = Certificates.in(directory);
    write("exporter-ca.pem", certificates.authority().getCertificatePEM());
    write("scrapers-ca.pem", certificates.authority().getCertificatePEM());
    write("exporter.pem", certificates.server().getCertificatePathPEM());
    write("exporter-key.pem", certificates.server().getPrivateKeyPEM());
    X509Bundle scraper =
        new CertificateBuilder().subject("CN=scraper").buildIssuedBy(certificates.authority());
    write("scraper.pem", scraper.getCertificatePathPEM());
    write("scraper-key.pem", scraper.getPrivateKeyPEM());
    write("password", PASSWORD);
    Path config = write("protected.conf", Files.readString(SHIPPED));
    exporter = ExporterProcess.start("--debug", "--config.file=" + config);
  }

  @AfterAll
  static void stop() {
    if (exporter != null) {
      exporter.close();
    }
  }

  private static Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static String url(String path) {
    return "https://localhost:" + exporter.port() + path;
  }

  /** What curl prints of an answer, and behind it its status; it has the scraper's certificate. */
  private static String curl(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--cert", file("scraper.pem")));
    all.addAll(List.of("--key", file("scraper-key.pem")));
    all.addAll(List.of(options));
    return curlWithoutCertificate(all.toArray(String[]::new));
  }

  private static String curlWithoutCertificate(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-w", "%{http_code}"));
    command.addAll(List.of("--cacert", file("exporter-ca.pem")));
    command.addAll(List.of(options));
    return ScraperProcess.run(command.toArray(String[]::new));
  }

  private static String file(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void curlGetsInWithTheCertificateAndThePassword() throws Exception {
    String user = "prometheus:" + PASSWORD;

    assertThat(curl("-u", user, url("/metrics"))).contains("_build_info").endsWith("200");
    assertThat(curl("-u", user, "--tls-max", "1.2", url("/-/ready"))).contains("eady.");
    assertThat(curl("-u", user, "-I", url("/metrics"))).endsWith("200");
    assertThat(curl(url("/-/healthy"))).isEqualTo("Healthy.\n200");
    assertThat(curl(url("/metrics"))).endsWith("401");
    assertThat(curl("-u", "prometheus:open", url("/metrics"))).endsWith("401");
    assertThat(curl("-u", PASSWORD + ":" + PASSWORD, url("/metrics"))).endsWith("401");
  }

  @Test
  void curlIsToldWhatIsMissing() throws Exception {
    assertThatThrownBy(() -> curlWithoutCertificate(url("/-/healthy")))
        .as("with TLS 1.3")
        .hasMessageContaining("curl");
    assertThatThrownBy(() -> curlWithoutCertificate("--tls-max", "1.2", url("/-/healthy")))
        .hasMessageContaining("curl");
    assertThat(curl(url("/-/healthy").replace("https:", "http:")))
        .isEqualTo("TLS is spoken here: ask with https.\n400");
  }

  @Test
  void vmagentAndPrometheusScrapeAndProbeThroughIt() throws Exception {
    try (ScriptedServer target = ScriptedServer.start(Peer::answerPings)) {
      String scrape =
          """
          global: {scrape_interval: 1s, scrape_timeout: 1s}
          scrape_configs:
            - job_name: exporter
              scheme: https
              tls_config: &tls
                ca_file: exporter-ca.pem
                cert_file: scraper.pem
                key_file: scraper-key.pem
              basic_auth: &password
                username: prometheus
                password_file: password
              static_configs: [{targets: ["localhost:%1$d"]}]
            - job_name: websocket
              scheme: https
              tls_config: *tls
              basic_auth: *password
              metrics_path: /probe
              params: {target: ["%2$s"]}
              static_configs: [{targets: ["localhost:%1$d"]}]
          """
              .formatted(exporter.port(), target.ws("/"));
      Path config = write("scrape.yml", scrape);
      try (ScraperProcess storage = ScraperProcess.startVictoriaMetrics(directory);
          ScraperProcess vmagent = ScraperProcess.startVmagent(directory, config, storage);
          ScraperProcess prometheus = ScraperProcess.startPrometheus(directory, config)) {
        for (ScraperProcess scraper : List.of(storage, prometheus)) {
          await()
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(
                  () -> {
                    assertThat(last(scraper, "up"))
                        .as("%s%n%s%n%s", scraper.output(), vmagent.output(), prometheus.output())
                        .isEqualTo(Map.of("exporter", 1.0, "websocket", 1.0));
                    assertThat(last(scraper, "probe_success")).isEqualTo(Map.of("websocket", 1.0));
                  });
        }
      }
    }
  }

  /** The last value of a metric by its job. */
  private static Map<String, Double> last(ScraperProcess scraper, String metric) {
    Map<String, Double> values = new TreeMap<>();
    for (TimeSeries series :
        scraper.query(metric + "{job=~\"exporter|websocket\"}", System.currentTimeMillis())) {
      values.put(series.label("job"), series.samples().lastEntry().getValue());
    }
    return values;
  }

  @Test
  void nothingOfThePasswordIsEverSaid() throws Exception {
    assertThat(curl("-u", PASSWORD + ":" + PASSWORD, url("/" + PASSWORD)))
        .endsWith("401")
        .doesNotContain(PASSWORD);

    assertThat(exporter.stderr() + exporter.stdout())
        .contains("level=debug")
        .doesNotContain(PASSWORD, "$2y$", "Basic ", " level=error ");
  }
}
