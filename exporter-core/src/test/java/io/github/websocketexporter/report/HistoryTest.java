package io.github.websocketexporter.report;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.metrics.Results;
import io.github.websocketexporter.module.HeaderField;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.module.UpgradeSettings;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of probes, for how long, and what is not. */
class HistoryTest {
  private static final ProbeResult GOOD = Results.successOverTls();
  private static final ProbeResult BAD =
      Results.failure(Phase.CONNECT, FailureReason.CONNECT_REFUSED);

  private static List<Boolean> successes(List<RecentProbe> probes) {
    return probes.stream().map(probe -> probe.result().success()).toList();
  }

  @Test
  void keepsTheLastOnesAndFailuresLonger() {
    History history = new History(2);
    history.add(BAD);
    history.add(GOOD);
    history.add(GOOD);

    assertThat(successes(history.recent())).containsExactly(true, true);
    assertThat(successes(history.failed())).containsExactly(false);
    RecentProbe failure = history.failed().get(0);
    assertThat(history.find(failure.id())).contains(failure);

    history.add(BAD);
    history.add(BAD);
    assertThat(history.failed()).hasSize(2).doesNotContain(failure);
    assertThat(history.find(failure.id())).isEmpty();
  }

  @Test
  void showsTheNewestFirst() {
    History history = new History(10);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(0, history.addAsked(GOOD).id());
    }

    assertThat(history.recent()).extracting(RecentProbe::id).isEqualTo(ids);
    assertThat(new HashSet<>(ids)).hasSize(3);
  }

  @Test
  void othersDoNotPushOutWhatAPersonAskedFor() {
    History history = new History(1);
    RecentProbe asked = history.addAsked(GOOD);
    for (int i = 0; i < 100; i++) {
      history.add(GOOD);
      history.add(BAD);
    }

    assertThat(history.find(asked.id())).contains(asked);
  }

  @Test
  void keepsNoneWhereItsLimitIsZero() {
    History history = new History(0);
    history.add(BAD);
    RecentProbe asked = history.addAsked(BAD);

    assertThat(asked.result().failure()).isEqualTo(BAD.failure());
    assertThat(history.recent()).isEmpty();
    assertThat(history.failed()).isEmpty();
    assertThat(history.find(asked.id())).isEmpty();
  }

  @Test
  void doesNotFindTheProbesOfAnotherProcess() {
    String id = new History(1).addAsked(GOOD).id();

    assertThat(id).matches("[0-9a-z]{1,4}-1");
    assertThat(new History(1).find("")).isEmpty();
    assertThat(new History(1).find("-1")).isEmpty();
  }

  @Test
  void keepsNoSecretOfATarget() {
    Target target = new History(1).addAsked(GOOD).result().request().target();

    assertThat(target).hasToString(GOOD.request().target().toString());
    assertThat(target.requestTarget().reveal()).isEqualTo("/");
    assertThat(target.credentials()).isEmpty();
    assertThat(GOOD.request().target().requestTarget().reveal()).contains(Results.SECRET);
  }

  @Test
  void keepsNoSecretOfAModule() {
    ProbeModule module =
        ProbeModule.builder("own", Duration.ofSeconds(3))
            .upgrade(
                UpgradeSettings.PLAIN.with(
                    List.of(new HeaderField("X-Key", Secret.of(Results.SECRET))), null))
            .build();
    ProbeResult result = ProbeResult.builder(Results.request("ws://h/", module)).build(1, null);

    ProbeModule kept = new History(1).addAsked(result).result().request().module();

    assertThat(kept.name()).isEqualTo("own");
    assertThat(kept.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(kept.upgrade()).isEqualTo(UpgradeSettings.PLAIN);
  }

  @Test
  void keepsOfATargetWithANameThatAlone() throws Exception {
    ProbeRequest plain = Results.request("wss://node.test/", "websocket_ping");
    ProbeResult result =
        ProbeResult.builder(
                new ProbeRequest(plain.target().named("node"), plain.module(), plain.limit()))
            .address(Results.address(192, 0, 2, 1))
            .tls(new TlsFacts(true, "TLS 1.3", "TLS_AES_128_GCM_SHA256", Results.CHAIN))
            .build(1, null);

    ProbeResult kept = new History(1).addAsked(result).result();

    assertThat(kept.request().target()).hasToString("node");
    assertThat(kept.request().target().host()).isEmpty();
    assertThat(kept.address()).isNull();
    assertThat(requireNonNull(kept.tls()).chain())
        .isEqualTo(
            new ChainFacts(
                Results.CHAIN.earliestExpirySeconds(),
                Results.CHAIN.lastChainExpirySeconds(),
                "",
                "",
                "",
                "",
                ""));
    assertThat(ProbeMetrics.text(kept))
        .contains("probe_ssl_earliest_cert_expiry ")
        .doesNotContain("node.test", "probe_ssl_last_chain_info", "probe_ip_addr_hash");
    assertThat(new JsonReport().ended(result))
        .contains("\"verified\" : true")
        .doesNotContain("node.test", "fingerprint", "192.0.2.1");
  }

  @Test
  void aProbeThatWasCancelledIsNoFailureToKeep() {
    History history = new History(1);
    history.add(Results.failure(Phase.PING, FailureReason.CANCELLED));

    assertThat(history.recent()).hasSize(1);
    assertThat(history.failed()).isEmpty();
  }

  @Test
  void keepsNoLongTextOfAPeer() {
    String text = "x".repeat(100_000);
    ProbeResult result =
        Results.builder()
            .tls(new TlsFacts(false, null, null, new ChainFacts(1, 2, "f", text, text, text, text)))
            .upgrade(new UpgradeFacts(101, text, text))
            .build(1, null);

    ProbeResult kept = new History(1).addAsked(result).result();

    ChainFacts chain = requireNonNull(kept.tls()).chain();
    assertThat(
            List.of(
                chain.subject(),
                chain.issuer(),
                chain.subjectAlternative(),
                chain.serialNumber(),
                requireNonNull(kept.upgrade()).subprotocol(),
                requireNonNull(kept.upgrade()).extensions()))
        .allSatisfy(each -> assertThat(each).hasSize(1_024));
  }

  @Test
  void keepsAllElse() {
    ProbeResult kept = new History(1).addAsked(GOOD).result();

    assertThat(kept)
        .usingRecursiveComparison()
        .ignoringFields("request.target", "request.module")
        .isEqualTo(GOOD);
  }
}
