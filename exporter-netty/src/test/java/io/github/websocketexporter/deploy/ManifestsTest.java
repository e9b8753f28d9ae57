package io.github.websocketexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.testing.Manifests;
import io.github.websocketexporter.testing.Manifests.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests agree with one another and with the exporter. */
class ManifestsTest {
  private static final String BASE = "base";
  private static final String VICTORIA_METRICS = "overlays/victoriametrics";
  private static final String PROMETHEUS = "overlays/prometheus-operator";
  private static final String SHARDED = "sharded";
  private static final String NAME = "websocket-exporter";
  private static final String ONCE = "websocket";
  private static final String CONTINUOUS = "websocket-continuous";
  private static final String OWN_WEBSOCKET =
      "ws://websocket-exporter.monitoring.svc:9095/-/websocket";
  private static final Pattern IMAGE =
      Pattern.compile("ghcr\\.io/websocket-exporter/websocket-exporter:[\\w.-]+");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {BASE, VICTORIA_METRICS, PROMETHEUS, SHARDED})
  void aKustomizationListsEachFileOfItsFolder(String folder) throws IOException {
    Node kustomization = Manifests.kustomization(folder);
    List<String> listed = new ArrayList<>(kustomization.at("resources").texts());
    for (Node patch : kustomization.at("patches").list()) {
      listed.add(patch.at("path").text());
    }
    for (Node generator : kustomization.at("configMapGenerator").list()) {
      listed.addAll(generator.at("files").texts());
    }
    listed.removeIf(entry -> entry.startsWith("../"));

    List<String> files = new ArrayList<>(Manifests.files(folder));
    assertThat(files.remove("kustomization.yaml")).isTrue();
    assertThat(listed).containsExactlyInAnyOrderElementsOf(files);
  }

  @ParameterizedTest
  @ValueSource(strings = {BASE, VICTORIA_METRICS, PROMETHEUS})
  void eachObjectIsInTheNamespaceAndCarriesTheLabel(String folder) throws IOException {
    assertThat(Stream.concat(Manifests.in(folder).stream(), Stream.of(headless())))
        .hasSizeGreaterThan(1)
        .filteredOn(object -> !object.at("kind").text().equals("Namespace"))
        .allSatisfy(
            object -> {
              Node metadata = object.at("metadata");
              assertThat(metadata.at("namespace").text()).isEqualTo("monitoring");
              assertThat(metadata.at("labels", "app.kubernetes.io/name").text()).isEqualTo(NAME);
            });
  }

  @Test
  void theContainerIsRestricted() throws IOException {
    Node pod = pod();
    assertThat(pod.at("securityContext", "runAsNonRoot").value()).isEqualTo(true);
    assertThat(pod.at("securityContext", "runAsUser").value()).isEqualTo(65532);
    assertThat(pod.at("securityContext", "seccompProfile", "type").text())
        .isEqualTo("RuntimeDefault");
    Node own = container().at("securityContext");
    assertThat(own.at("allowPrivilegeEscalation").value()).isEqualTo(false);
    assertThat(own.at("readOnlyRootFilesystem").value()).isEqualTo(true);
    assertThat(own.at("capabilities", "drop").texts()).containsExactly("ALL");
    assertThat(own.at("capabilities").keys()).hasSize(1);
    assertThat(one("ServiceAccount").at("automountServiceAccountToken").value()).isEqualTo(false);
  }

  @Test
  void memoryIsLimitedAndCpuIsNot() throws IOException {
    Node resources = container().at("resources");
    assertThat(List.copyOf(resources.at("requests").keys())).hasToString("[cpu, memory]");
    assertThat(List.copyOf(resources.at("limits").keys())).hasToString("[memory]");
  }

  @Test
  void thePodMayStopForLongerThanTheLongestProbeTakes() throws Exception {
    ExporterConfig config = config();
    Duration longestProbe =
        config.modules().values().stream()
            .map(ProbeModule::timeout)
            .max(Comparator.naturalOrder())
            .orElseThrow();
    Duration stop = config.web().shutdownDelay().plus(longestProbe).plusSeconds(1);
    assertThat(longestProbe).isEqualTo(Duration.ofSeconds(10));
    assertThat(pod().at("terminationGracePeriodSeconds").value())
        .isInstanceOfSatisfying(
            Integer.class, seconds -> assertThat(Duration.ofSeconds(seconds)).isGreaterThan(stop));
  }

  @Test
  void whatAsksTheExporterAsksWhereItListens() throws Exception {
    Node container = container();
    assertThat(container.at("args").texts())
        .contains(
            "--web.listen-address=:9095",
            "--web.probe-path=/probe",
            "--web.telemetry-path=/metrics");
    List<Node> ports = container.at("ports").list();
    assertThat(ports).hasSize(1);
    assertThat(ports.get(0).at("name").text()).isEqualTo("http");
    assertThat(ports.get(0).at("containerPort").value()).isEqualTo(9095);

    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(container.at(probe, "httpGet", "port").text()).as(probe).isEqualTo("http");
      assertThat(container.at(probe, "httpGet", "path").text())
          .as(probe)
          .isEqualTo(probe.equals("readinessProbe") ? "/-/ready" : "/-/healthy");
    }

    Node service = one("Service").at("spec");
    assertThat(service.at("selector").value())
        .isEqualTo(deployment().at("spec", "template", "metadata", "labels").value())
        .isEqualTo(deployment().at("spec", "selector", "matchLabels").value())
        .isEqualTo(one("PodDisruptionBudget").at("spec", "selector", "matchLabels").value())
        .isEqualTo(one("NetworkPolicy").at("spec", "podSelector", "matchLabels").value());
    assertThat(service.at("ports").list())
        .singleElement()
        .satisfies(
            port -> {
              assertThat(port.at("name").text()).isEqualTo("http");
              assertThat(port.at("port").value()).isEqualTo(9095);
              assertThat(port.at("targetPort").text()).isEqualTo("http");
            });
  }

  @Test
  void theFolderOfTheConfigurationIsMountedAsAWhole() throws IOException {
    Node mount = container().at("volumeMounts").list().get(0);
    assertThat(container().at("args").texts())
        .contains("--config.file=" + mount.at("mountPath").text() + "/websocket-exporter.conf");
    assertThat(mount.keys()).map(Object::toString).doesNotContain("subPath");
    List<Node> sources = pod().at("volumes").list().get(0).at("projected", "sources").list();
    assertThat(sources.get(0).at("configMap", "name").text())
        .isEqualTo(
            Manifests.kustomization(BASE).at("configMapGenerator").list().get(0).at("name").text());
    assertThat(sources.get(1).at("secret", "name").text())
        .isEqualTo(one("Secret").at("metadata", "name").text());
  }

  @ParameterizedTest
  @ValueSource(strings = {ONCE, CONTINUOUS})
  void everyPairOfAVmProbeAndAProbeHasTheSameTargets(String name) throws IOException {
    assertThat(targets(name)).contains(OWN_WEBSOCKET);
    assertThat(probe(PROMETHEUS, name).at("targets", "staticConfig", "static").texts())
        .isEqualTo(targets(name));
  }

  @Test
  void aHeldConnectionIsAskedForWhereItIs() throws IOException {
    for (String folder : List.of(VICTORIA_METRICS, PROMETHEUS)) {
      assertThat(probe(folder, CONTINUOUS).at("module").text()).isEqualTo("websocket_continuous");
      assertThat(probe(folder, ONCE).keys()).map(Object::toString).doesNotContain("module");
    }
    assertThat(one("Service").at("spec", "sessionAffinity").text()).isEqualTo("ClientIP");
  }

  @Test
  void scrapersShardByAsManyReplicasAsThereAreAndByTheirNames() throws IOException {
    Node replicas = patched("statefulset", "/spec/replicas");
    Node vmRules = patched("vmprobe", "/spec/targets/static/relabelingConfigs");
    List<Node> rules = patched("probe", "/spec/targets/staticConfig/relabelingConfigs").list();
    assertThat(vmRules.list()).containsExactly(rules.get(0));
    assertThat(rules.get(0).at("modulus")).isEqualTo(replicas);
    assertThat(rules.get(0).at("sourceLabels").texts()).containsExactly("__param_target");

    String label = rules.get(0).at("targetLabel").text();
    String service = headless().at("metadata", "name").text();
    String address = deployment().at("metadata", "name").text() + "-%s." + service;
    address += ".monitoring.svc:9095";
    assertThat(patched("vmprobe", "/spec/vmProberSpec/url").text())
        .isEqualTo(address, "{{" + label + "}}");
    assertThat(rules.get(1).at("sourceLabels").texts()).containsExactly(label);
    assertThat(rules.get(1).at("targetLabel").text()).isEqualTo("__address__");
    assertThat(rules.get(1).at("replacement").text()).isEqualTo(address, "$1");

    assertThat(patched("statefulset", "/spec/serviceName").text()).isEqualTo(service);
    assertThat(headless().at("spec", "selector")).isEqualTo(one("Service").at("spec", "selector"));
    assertThat(headless().at("spec").keys()).map(Object::toString).doesNotContain("ports");
  }

  /** They are generated from these objects, elsewhere. */
  @ParameterizedTest
  @CsvSource({"vmagent, " + VICTORIA_METRICS, "prometheus, " + PROMETHEUS})
  void theGeneratedScrapeConfigsAreOfTheseObjects(String scraper, String folder)
      throws IOException {
    List<Node> jobs =
        Manifests.documents("e2e/generated/" + scraper + ".yml").get(0).at("scrape_configs").list();
    assertThat(jobs.stream().map(job -> job.at("job_name").text()))
        .map(name -> name.replaceFirst("^\\w+/monitoring/", "").replaceFirst("/0$", ""))
        .containsExactlyInAnyOrderElementsOf(
            Manifests.in(folder).stream()
                .filter(object -> !object.at("kind").text().endsWith("Rule"))
                .map(object -> object.at("metadata", "name").text())
                .toList());
    assertThat(jobs.stream().flatMap(job -> job.at("static_configs").list().stream()))
        .extracting(generated -> generated.at("targets").texts())
        .containsExactly(targets(ONCE), targets(CONTINUOUS));
  }

  @Test
  void eachProbedTargetIsInTheConfigurationOrHoldsNoSecret() throws Exception {
    List<String> targets = new ArrayList<>(targets(ONCE));
    assertThat(targets).containsAll(targets(CONTINUOUS));
    assertThat(targets.remove(OWN_WEBSOCKET)).isTrue();
    assertThat(config().targets().keySet()).containsExactlyInAnyOrderElementsOf(targets);
  }

  @Test
  void bothOperatorsScrapeAtTheSamePathAndTimes() throws IOException {
    List<Node> probes =
        Stream.of(VICTORIA_METRICS, PROMETHEUS)
            .flatMap(folder -> all(folder, "VMProbe", "Probe"))
            .toList();
    assertThat(probes)
        .hasSize(7)
        .allSatisfy(
            probe -> {
              assertThat(probe.at("jobName").text())
                  .isEqualTo(probe.keys().contains("module") ? CONTINUOUS : ONCE);
              assertThat(probe.at("interval").text()).isEqualTo("30s");
              assertThat(probe.at("scrapeTimeout").text()).isEqualTo("10s");
              Node prober = probe.at(probe.keys().contains("prober") ? "prober" : "vmProberSpec");
              assertThat(prober.at("url").text()).isEqualTo(NAME + ".monitoring.svc:9095");
              assertThat(prober.at("path").text()).isEqualTo("/probe");
            });

    List<Node> scrapes =
        Stream.of(VICTORIA_METRICS, PROMETHEUS)
            .flatMap(folder -> all(folder, "VMServiceScrape", "ServiceMonitor"))
            .toList();
    assertThat(scrapes).hasSize(2);
    assertThat(scrapes.get(0)).isEqualTo(scrapes.get(1));
    assertThat(scrapes.get(0).at("selector", "matchLabels").value())
        .isEqualTo(one("Service").at("metadata", "labels").value());
    Node endpoint = scrapes.get(0).at("endpoints").list().get(0);
    assertThat(endpoint.at("port").text()).isEqualTo("http");
    assertThat(endpoint.at("path").text()).isEqualTo("/metrics");
  }

  @Test
  void theNetworkDeniesWhatThePolicyDenies() throws IOException {
    List<String> exceptions =
        one("NetworkPolicy").at("spec", "egress").list().stream()
            .flatMap(rule -> rule.at("to").list().stream())
            .flatMap(peer -> peer.at("ipBlock", "except").texts().stream())
            .map(network -> network.replaceFirst("(/32|/128)$", ""))
            .toList();
    assertThat(exceptions)
        .containsExactlyInAnyOrderElementsOf(
            ConfigFactory.parseResources("reference.conf")
                .getStringList("websocket-exporter.policy.deny.cidrs"));
  }

  @Test
  void theImageHasOneTag() throws IOException {
    List<String> images = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Manifests.DEPLOY)) {
      for (Path file :
          files.filter(each -> each.toString().matches(".*\\.(yaml|yml|md)")).toList()) {
        Matcher image = IMAGE.matcher(Files.readString(file));
        while (image.find()) {
          images.add(image.group());
        }
      }
    }
    assertThat(images).contains(container().at("image").text());
    assertThat(images.stream().distinct()).hasSize(1);
  }

  /** The configuration that the container finds. */
  private ExporterConfig config() throws Exception {
    Path file = directory.resolve("websocket-exporter.conf");
    if (Files.notExists(file)) {
      Files.copy(Manifests.DEPLOY.resolve("base/websocket-exporter.conf"), file);
      Files.writeString(
          directory.resolve("tokens.conf"), one("Secret").at("stringData", "tokens.conf").text());
    }
    return ConfigLoader.load(file, new ConfigLoader.Flags());
  }

  private static Node one(String kind) throws IOException {
    return Manifests.one(BASE, kind, kind.equals("Secret") ? NAME + "-tokens" : NAME);
  }

  private static Node deployment() throws IOException {
    return one("Deployment");
  }

  private static Node pod() throws IOException {
    return deployment().at("spec", "template", "spec");
  }

  private static Node container() throws IOException {
    return pod().at("containers").list().get(0);
  }

  private static Node headless() throws IOException {
    return Manifests.documents(SHARDED + "/headless.yaml").get(0);
  }

  /** What a patch of the sharded component puts in place of the value at that path. */
  private static Node patched(String patch, String path) throws IOException {
    return Manifests.documents(SHARDED + "/" + patch + ".yaml").get(0).list().stream()
        .filter(operation -> operation.at("path").text().equals(path))
        .findFirst()
        .orElseThrow()
        .at("value");
  }

  private static Node probe(String folder, String name) throws IOException {
    String kind = folder.equals(PROMETHEUS) ? "Probe" : "VMProbe";
    return Manifests.one(folder, kind, name).at("spec");
  }

  private static List<String> targets(String name) throws IOException {
    return probe(VICTORIA_METRICS, name).at("targets", "static", "targets").texts();
  }

  private static Stream<Node> all(String folder, String... kinds) {
    try {
      return Manifests.in(folder).stream()
          .filter(object -> List.of(kinds).contains(object.at("kind").text()))
          .map(object -> object.at("spec"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
