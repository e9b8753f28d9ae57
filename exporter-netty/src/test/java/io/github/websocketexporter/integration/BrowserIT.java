package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The exporter's pages in a real Chromium, behind an nginx that has a prefix for them: by keyboard,
 * in light and dark, on a desktop and on a phone, and as a screen reader hears them (the rules of
 * axe-core).
 */
class BrowserIT {
  private static final Path PEERS =
      Path.of(System.getProperty("basedir", "."), "src/test/peers").toAbsolutePath();
  private static final String PREFIX = "/monitoring/websockets/";
  private static final String PHASES = "(?s).*\\bconnect\\b.*\\bupgrade\\b.*\\bping\\b.*";

  @TempDir private Path directory;

  @Test
  void peopleProbeAndSeeWhy() throws Exception {
    String chromium = chromium();
    try (ExporterProcess exporter = ExporterProcess.start();
        NginxProcess nginx =
            NginxProcess.start(
                directory,
                "; location %s { proxy_pass http://127.0.0.1:%d/; } tcp_nodelay on"
                    .formatted(PREFIX, exporter.port()),
                exporter.port())) {
      String base = "http://127.0.0.1:" + nginx.port() + PREFIX;

      String good = exporter.ownWebSocket();
      String bad = "wss://localhost:" + exporter.port() + "/c4n4ry";

      Config seen = look(chromium, base, good, bad);

      assertThat(seen.getStringList("complaints")).isEmpty();
      assertThat(seen.getBoolean("blanksPass")).isFalse();
      assertThat(seen.getStringList("named"))
          .contains("textbox Target", "combobox Module", "button Probe")
          .contains("heading WebSocket ping-pong latency", "heading Failures");
      for (String scheme : List.of("light", "dark")) {
        Config first = page(seen, "first-" + scheme);
        assertThat(first.getString("text"))
            .contains("Recent probes", "✓ success", "✗ tls: tls_protocol");
        assertThat(first.getStringList("links")).allMatch(link -> link.startsWith(base));
        Config failure = page(seen, "failure-" + scheme);
        assertThat(failure.getString("url")).startsWith(base + "probes/");
        assertThat(failure.getString("text"))
            .contains("wss://localhost:", "the port does not speak TLS", "; the usual cause: ")
            .doesNotContain("c4n4ry");
        Config success = page(seen, "success-" + scheme);
        assertThat(success.getString("text")).matches(PHASES).contains("probe_success 1.0");
        assertThat(success.getDoubleList("bars")).hasSize(3).allMatch(width -> width >= 1);
        Config phone = page(seen, "phone-" + scheme);
        assertThat(phone.getString("text")).contains("Recent probes").containsPattern("[0-9] ms");
        assertThat(phone.getBoolean("cut")).as("a table that must be scrolled").isFalse();
        assertThat(page(seen, "phone-probe-" + scheme).getDoubleList("bars"))
            .allMatch(width -> width >= 0.3);
      }
      assertThat(page(seen, "first-light").getString("background")).isEqualTo("rgb(255, 255, 255)");
      assertThat(page(seen, "first-dark").getString("background")).isEqualTo("rgb(13, 17, 23)");
    }
  }

  private static Config page(Config seen, String name) {
    Config page = seen.getConfig("pages." + name);
    assertThat(page.getStringList("violations")).as(name).isEmpty();
    assertThat(page.getBoolean("tooWide")).as(name).isFalse();
    return page;
  }

  /** The pictures of README are made by this, too: {@code -Dscreenshots=FOLDER}. */
  private Config look(String chromium, String base, String good, String bad)
      throws IOException, InterruptedException {
    Path seen = directory.resolve("seen.json");
    Path errors = directory.resolve("errors");
    List<String> command =
        new ArrayList<>(List.of("node", "browser.js", chromium, base, good, bad));
    String screenshots = System.getProperty("screenshots");
    if (screenshots != null) {
      command.add(screenshots);
    }
    Process browser =
        new ProcessBuilder(command)
            .directory(PEERS.toFile())
            .redirectOutput(seen.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(browser.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(browser.exitValue()).as(Files.readString(errors)).isZero();
    return ConfigFactory.parseString(Files.readString(seen));
  }

  private static String chromium() {
    String found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .flatMap(
                folder ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(found != null, "Chromium is not installed: install chromium with apt.");
    Assumptions.assumeTrue(
        Files.isDirectory(PEERS.resolve("node_modules/puppeteer-core")),
        "puppeteer-core is not installed: run 'npm ci' in exporter-netty/src/test/peers.");
    return String.valueOf(found);
  }
}
