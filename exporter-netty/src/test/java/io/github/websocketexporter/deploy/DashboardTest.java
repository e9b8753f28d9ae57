package io.github.websocketexporter.deploy;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.github.websocketexporter.cli.RunningExporter;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard agrees with itself and with what the exporter has. It needs no recordings. */
class DashboardTest {
  private static final Path DASHBOARD =
      Path.of(System.getProperty("basedir", "."), "../deploy/dashboard/websocket-exporter.json");

  /** No query asks for a metric without saying of whom. */
  private static final Pattern METRIC = Pattern.compile("[a-zA-Z_:][\\w:]*(?=\\{)");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-zA-Z_]\\w*)");
  private static final String DISCONNECTS = "probe_websocket_disconnects_total";
  private static final int WIDTH = 24;

  /** {@code kubectl apply} keeps what it applied in an annotation, which holds no more. */
  private static final int MOST_OF_AN_ANNOTATION = 256 * 1024;

  private static final Config JSON =
      ConfigFactory.parseFile(
          DASHBOARD.toFile(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
  private static final List<Config> PANELS = List.copyOf(JSON.getConfigList("panels"));

  @TempDir private Path directory;

  private static List<Config> withQueries() {
    return PANELS.stream().filter(panel -> !type(panel).equals("row")).toList();
  }

  private static Stream<String> expressions() {
    return withQueries().stream()
        .flatMap(panel -> panel.getConfigList("targets").stream())
        .map(target -> target.getString("expr"));
  }

  private static String type(Config panel) {
    return panel.getString("type");
  }

  @Test
  void eachMetricOfItsQueriesIsOneOfTheExporter() throws Exception {
    Set<String> used =
        expressions()
            .flatMap(expression -> METRIC.matcher(expression).results())
            .map(match -> match.group())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(used).hasSizeGreaterThan(30).isSubsetOf(exposed());
  }

  /**
   * What the exporter says of itself, of a target that has all that can be found, of none, and of
   * one that ends a connection that is held.
   */
  private Set<String> exposed() throws Exception {
    Set<String> names = new HashSet<>(Set.of("up"));
    Certificates certificates = Certificates.in(directory);
    try (ScriptedServer target =
            ScriptedServer.startTls(certificates.serverContext(), Peer::answerPings);
        ScriptedServer leaving = ScriptedServer.start(DashboardTest::answerOnce);
        Socket nobody = Ports.reserved();
        RunningExporter exporter = certificates.trusted(RunningExporter::with)) {
      String held = "/probe?module=websocket_continuous&target=" + leaving.ws("/");
      await()
          .until(
              () -> {
                names.addAll(names(exporter, held));
                return names.contains(DISCONNECTS);
              });
      for (String path :
          List.of(
              "/probe?module=websocket_ping_burst&target=wss://127.0.0.1:" + target.port() + "/",
              "/probe?module=websocket_continuous&target=wss://127.0.0.1:" + target.port() + "/",
              "/probe?target=ws://127.0.0.1:" + nobody.getLocalPort() + "/",
              "/metrics")) {
        names.addAll(names(exporter, path));
      }
    }
    return names;
  }

  private static void answerOnce(Peer peer) throws IOException {
    peer.acceptUpgrade();
    peer.pong();
  }

  private static Set<String> names(RunningExporter exporter, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + exporter.port() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    return RunningExporter.names(HttpClient.newHttpClient().send(request, ofString()).body());
  }

  @Test
  void panelsHaveRoomOfTheirOwn() {
    Set<String> taken = new HashSet<>();
    for (Config panel : PANELS) {
      Config place = panel.getConfig("gridPos");
      int right = place.getInt("x") + place.getInt("w");
      assertThat(right).isLessThanOrEqualTo(WIDTH);
      for (int x = place.getInt("x"); x < right; x++) {
        for (int y = place.getInt("y"); y < place.getInt("y") + place.getInt("h"); y++) {
          assertThat(taken.add(x + " " + y)).as(panel.getString("title")).isTrue();
        }
      }
    }
    assertThat(PANELS).extracting(panel -> panel.getInt("id")).doesNotHaveDuplicates();
  }

  @Test
  void eachPanelSaysWhatItShows() {
    assertThat(PANELS).allSatisfy(panel -> assertThat(panel.getString("title")).isNotBlank());
    assertThat(withQueries())
        .allSatisfy(
            panel -> {
              assertThat(panel.getString("description")).endsWith(".");
              assertThat(panel.getString("datasource.uid")).isEqualTo("${datasource}");
              assertThat(panel.getConfigList("targets"))
                  .isNotEmpty()
                  .extracting(target -> target.getString("datasource.uid"))
                  .containsOnly("${datasource}");
            });
    assertThat(withQueries())
        .filteredOn(panel -> !type(panel).equals("table"))
        .allSatisfy(panel -> assertThat(panel.getString("fieldConfig.defaults.unit")).isNotBlank());
  }

  @Test
  void eachVariableIsDefinedAndUsed() {
    Set<String> defined =
        JSON.getConfigList("templating.list").stream()
            .map(variable -> variable.getString("name"))
            .collect(Collectors.toSet());
    Set<String> used =
        VARIABLE
            .matcher(JSON.root().render())
            .results()
            .map(match -> match.group(1))
            .filter(name -> !name.startsWith("__"))
            .collect(Collectors.toSet());

    assertThat(used).isEqualTo(defined);
  }

  @Test
  void fitsAnAnnotation() throws IOException {
    assertThat(Files.size(DASHBOARD)).isLessThan(MOST_OF_AN_ANNOTATION / 2);
  }
}
