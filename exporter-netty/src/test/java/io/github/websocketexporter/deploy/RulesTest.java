package io.github.websocketexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.metrics.RejectionReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Manifests;
import io.github.websocketexporter.testing.Manifests.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The alerts and recordings agree with one another and with the exporter. */
class RulesTest {
  private static final String RULES = "rules/websocket-exporter.yml";
  private static final Pattern METRIC = Pattern.compile("\\b(?:probe|websocket_exporter)_\\w+");
  private static final Pattern CLOSED_LABEL = Pattern.compile("\\b(phase|reason)!?=~?\"([^\"]*)\"");
  private static final String RUNBOOK =
      "https://github.com/websocket-exporter/websocket-exporter/blob/main/deploy/README.md#";

  @ParameterizedTest
  @CsvSource({"overlays/victoriametrics, VMRule", "overlays/prometheus-operator, PrometheusRule"})
  void bothOperatorsGetTheSameGroups(String folder, String kind) throws IOException {
    Node rule = Manifests.one(folder, kind, "websocket-exporter");
    assertThat(rule.at("spec", "groups")).isEqualTo(Manifests.documents(RULES).get(0).at("groups"));
  }

  @Test
  void anAlertSaysHowBadItIsWhatItIsAboutAndWhatToDo() throws IOException {
    String guide = Files.readString(Manifests.DEPLOY.resolve("README.md"));
    assertThat(alerts())
        .isNotEmpty()
        .allSatisfy(
            alert -> {
              String name = alert.at("alert").text();
              assertThat(alert.at("labels").keys()).isEqualTo(Set.of("severity"));
              assertThat(alert.at("labels", "severity").text()).isIn("critical", "warning");
              Node annotations = alert.at("annotations");
              assertThat(annotations.at("summary").text()).contains("$labels.instance");
              assertThat(annotations.at("description").text()).endsWith(".");
              assertThat(annotations.at("runbook_url").text())
                  .isEqualTo(RUNBOOK + name.toLowerCase(Locale.ROOT));
              assertThat(guide).contains("\n### " + name + "\n");
            });
  }

  @Test
  void eachAlertHasACaseInWhichItFiresAndOneInWhichItDoesNot() throws IOException {
    Set<String> fires = new HashSet<>();
    Set<String> doesNot = new HashSet<>();
    for (String file : Manifests.files("rules/tests")) {
      for (Node test : Manifests.documents("rules/tests/" + file).get(0).at("tests").list()) {
        for (Node expected : test.at("alert_rule_test").list()) {
          Set<String> cases = expected.at("exp_alerts").list().isEmpty() ? doesNot : fires;
          cases.add(expected.at("alertname").text());
        }
      }
    }
    Set<String> names = alerts().map(alert -> alert.at("alert").text()).collect(Collectors.toSet());
    assertThat(fires).isEqualTo(names);
    assertThat(doesNot).containsAll(names);
  }

  @Test
  void anExpressionNamesMetricsAndLabelsOfTheExporter() throws IOException {
    String readme = Files.readString(Manifests.DEPLOY.resolve("../README.md"));
    Set<String> labels = new HashSet<>();
    for (Phase phase : Phase.values()) {
      labels.add(phase.name().toLowerCase(Locale.ROOT));
    }
    for (RejectionReason reason : RejectionReason.values()) {
      labels.add(reason.name().toLowerCase(Locale.ROOT));
    }
    assertThat(rules())
        .allSatisfy(
            rule -> {
              String expression = rule.at("expr").text();
              assertThat(METRIC.matcher(expression).results().map(MatchResult::group))
                  .allSatisfy(metric -> assertThat(readme).contains(documented(metric)));
              assertThat(
                      CLOSED_LABEL
                          .matcher(expression)
                          .results()
                          .flatMap(label -> Stream.of(label.group(2).split("\\|"))))
                  .isSubsetOf(labels);
            });
  }

  /** As the tables of metrics in the README spell it. */
  private static String documented(String metric) {
    return "`" + metric.replace("websocket_exporter_", "…").replace("_bucket", "") + "`";
  }

  private static Stream<Node> alerts() throws IOException {
    return rules().filter(rule -> rule.keys().contains("alert"));
  }

  private static Stream<Node> rules() throws IOException {
    List<Node> rules = new ArrayList<>();
    for (Node group : Manifests.documents(RULES).get(0).at("groups").list()) {
      rules.addAll(group.at("rules").list());
    }
    return rules.stream();
  }
}
