package io.github.websocketexporter.engine;

import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.PROXY;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.transport.Transport;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StepPlanTest {
  private static final String NAME = "ws://target.example/";
  private static final String ADDRESS = "ws://192.0.2.1/";
  private static final String OVER_TLS = "wss://192.0.2.1/";

  private final StepPlan plan =
      new StepPlan(
          new ProbeResources(
              Transport.select(TransportKind.NIO, ClockKind.LOOP),
              ImmediateEventExecutor.INSTANCE.newPromise(),
              "test"),
          () -> false);

  @ParameterizedTest
  @CsvSource({
    ADDRESS + ", ''",
    NAME + ", 'proxy.url = \"http://192.0.2.2:3128\"'",
    NAME + ", 'proxy.url = \"socks5h://192.0.2.2:1080\"'",
    ADDRESS + ", 'proxy.url = \"socks5://192.0.2.2:1080\"'",
    ADDRESS + ", 'proxy { url = \"http://proxy.example:3128\", no-proxy = [\"*\"] }'"
  })
  void runsWithoutNamesWhereItHasNoneToResolve(String target, String module) {
    assertThat(plan.canRun(request(target, module))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    NAME + ", ''",
    OVER_TLS + ", ''",
    OVER_TLS + ", 'proxy.url = \"http://192.0.2.2:3128\"'",
    ADDRESS + ", 'proxy.url = \"http://proxy.example:3128\"'",
    NAME + ", 'proxy.url = \"socks5://192.0.2.2:1080\"'",
    NAME + ", 'proxy { url = \"http://192.0.2.2:3128\", no-proxy = [target.example] }'"
  })
  void waitsForNamesAndTlsWhereItNeedsThem(String target, String module) {
    assertThat(plan.canRun(request(target, module))).isFalse();
  }

  static Stream<Arguments> plans() {
    String proxy = "proxy.url = \"%s:1080\"";
    return Stream.of(
        Arguments.of(ADDRESS, "", List.of(CONNECT, UPGRADE, PING)),
        Arguments.of(NAME, "", List.of(RESOLVE, CONNECT, UPGRADE, PING)),
        Arguments.of(
            NAME, proxy.formatted("http://192.0.2.2"), List.of(CONNECT, PROXY, UPGRADE, PING)),
        Arguments.of(
            NAME,
            proxy.formatted("socks5h://proxy.example"),
            List.of(RESOLVE, CONNECT, PROXY, UPGRADE, PING)),
        Arguments.of(
            NAME,
            proxy.formatted("socks5://proxy.example"),
            List.of(RESOLVE, RESOLVE, CONNECT, PROXY, UPGRADE, PING)));
  }

  @ParameterizedTest
  @MethodSource("plans")
  void hasAStepForWhateverTheModuleAndTheTargetNeed(
      String target, String module, List<Phase> phases) {
    ProbeRequest request = request(target, module);
    assertThat(plan.stepsOf(request, Route.of(request)))
        .extracting(Step::phase)
        .containsExactlyElementsOf(phases);
  }

  private static ProbeRequest request(String target, String module) {
    return ProbeRunner.request(target, ProbeRunner.AMPLE, Modules.of(module));
  }
}
