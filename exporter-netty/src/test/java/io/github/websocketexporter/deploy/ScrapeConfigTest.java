package io.github.websocketexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.github.websocketexporter.testing.Manifests;
import io.github.websocketexporter.testing.Manifests.Node;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scrape configuration for a vmagent or a Prometheus without an operator. */
class ScrapeConfigTest {
  @ParameterizedTest
  @CsvSource({
    "wss://node1.example.com/token, wss://node1.example.com",
    "wss://user:password@node1.example.com:8443?token=t, wss://node1.example.com:8443",
    "wss://user@node1.example.com/a@b, wss://node1.example.com",
    "ws://[::1]:80/token, ws://[::1]:80",
    "node1, node1",
    "node_1.gateway-a, node_1.gateway-a"
  })
  void anInstanceIsAUrlWithoutItsSecretsOrAName(String target, String instance) throws IOException {
    Node rule = probes().at("relabel_configs").list().get(1);
    assertThat(rule.at("target_label").text()).isEqualTo("instance");
    Matcher matcher = Pattern.compile(rule.at("regex").text()).matcher(target);
    // Where it does not match, the address of the exporter would be the instance.
    assertThat(matcher.matches()).isTrue();
    assertThat(matcher.replaceFirst(rule.at("replacement").text())).isEqualTo(instance);
  }

  @ParameterizedTest
  @CsvSource({"named, websocket", "continuous, websocket-continuous"})
  void aTargetThatIsNamedIsOneThatBothOperatorsProbe(String file, String probe) throws IOException {
    assertThat(group(file).at("targets").texts())
        .isNotEmpty()
        .isSubsetOf(vmProbe(probe).at("targets", "static", "targets").texts());
  }

  @Test
  void aContinuousTargetIsOfTheJobAndTheModuleOfTheOperators() throws IOException {
    Node labels = group("continuous").at("labels");
    Node vmProbe = vmProbe("websocket-continuous");
    assertThat(labels.at("job")).isEqualTo(vmProbe.at("jobName"));
    assertThat(labels.at("__param_module")).isEqualTo(vmProbe.at("module"));
  }

  @Test
  void itsTimesAreThoseOfTheOperators() throws IOException {
    assertThat(probes().at("job_name").text()).isEqualTo("websocket");
    assertThat(probes().at("scrape_interval")).isEqualTo(vmProbe("websocket").at("interval"));
    assertThat(probes().at("scrape_timeout")).isEqualTo(vmProbe("websocket").at("scrapeTimeout"));
  }

  private static Node group(String file) throws IOException {
    return Manifests.documents("scrape/targets/" + file + ".yml").get(0).list().get(0);
  }

  private static Node vmProbe(String name) throws IOException {
    return Manifests.one("overlays/victoriametrics", "VMProbe", name).at("spec");
  }

  private static Node probes() throws IOException {
    List<Node> jobs =
        Manifests.documents("scrape/prometheus.yml").get(0).at("scrape_configs").list();
    return jobs.get(0);
  }
}
