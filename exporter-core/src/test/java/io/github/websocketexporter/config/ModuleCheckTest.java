package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleCheckTest {
  private static final String STRICT = "credentials-need-allowed-hosts = true";
  private static final String SENTENCE =
      "String: 1: websocket-exporter.modules.test: its credentials go to whatever host a request names;"
          + " policy.allow.hosts or policy.allow.cidrs says which may have them";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization.bearer.token = t0ken",
        "authorization.basic { username = id, password = pass }",
        "headers { X-Tenant = blue }",
        "headers { X-Tenant = blue }, policy.deny.hosts = [evil.example.com]",
        "headers { X-Tenant = blue }, policy.allow.ports = [443]",
        "headers { X-Tenant = blue }, policy.allow.cidrs = [\"0.0.0.0/0\", \"::/0\"]",
        "headers { X-Tenant = blue }, policy.allow.cidrs = [\"::/0\", \"192.0.2.0/24\"]",
        "messages = [ { send = ${PATH} } ]",
        "continuous = true, heartbeat { send = ${PATH}, expect = pong }",
        "messages = [ { expect = hello }, { send = \"login \"${PATH}\" now\", expect = welcome } ]"
      })
  void warnsOfCredentialsForAnyHost(String module) throws Exception {
    assertThat(warnings(module, "")).containsExactly(SENTENCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "origin = \"https://example.com\", proxy { url = \"socks5://proxy:1080\", username = id, password = pass }",
        "proxy.url = \"http://proxy:3128\", policy.allow.hosts = [\"*.example.com\"]",
        "proxy.url = \"http://proxy:3128\", policy.allow.cidrs = [\"192.0.2.0/24\"]",
        "tls.insecure-skip-verify = true, messages = [ { send = hello } ]",
        "continuous = true, heartbeat { send = ping, expect = ${PATH} }",
        "messages = [ { send = hello, expect = ${PATH} }, { send-base64 = AAAA } ]",
        "messages = [ { send = ${PATH} } ], policy.allow.hosts = [\"*.example.com\"]",
        "headers { X-Tenant = blue }, policy.allow.hosts = [\"*.example.com\"]",
        "authorization.bearer.token = t0ken, policy.allow.cidrs = [\"10.0.0.0/8\"]"
      })
  void doesNotWarnOfOthers(String module) throws Exception {
    assertThat(warnings(module, "")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void warnsOfNamesThatAProxyResolves(String protocol) throws Exception {
    assertThat(warnings("proxy.url = \"" + protocol + "://proxy:1080\"", ""))
        .containsExactly(
            "String: 1: websocket-exporter.modules.test: its proxy resolves the names of targets, so"
                + " policy.deny.cidrs does not hold for them; policy.allow.hosts says which may be"
                + " asked for");
  }

  @Test
  void warnsOfCredentialsForWhoeverAnswers() throws Exception {
    assertThat(
            warnings(
                "headers { X-Tenant = blue }, tls.insecure-skip-verify = true",
                "hosts = [a.example]"))
        .containsExactly(
            "String: 1: websocket-exporter.modules.test: its credentials go to whoever answers, for"
                + " tls.insecure-skip-verify is true");
  }

  @ParameterizedTest
  @CsvSource({
    "headers { X-Tenant = blue }, true, 1",
    "authorization.bearer.token = t0ken, true, 1",
    "'url = \"wss://id:pass@a.example/\"', true, 1",
    "headers { X-Tenant = blue }, false, 0",
    "headers {}, true, 0"
  })
  void warnsOfCredentialsOfATargetForWhoeverAnswers(String target, boolean skips, int warnings)
      throws Exception {
    String settings =
        "modules.test.tls.insecure-skip-verify = %s, targets.a { url = \"wss://a.example/\", module = test, %s }"
            .formatted(skips, target);
    assertThat(warnings(settings))
        .hasSize(warnings)
        .allMatch(
            warning ->
                warning.equals(
                    "String: 1: websocket-exporter.targets.a: its credentials go to whoever"
                        + " answers, for its module has tls.insecure-skip-verify"));
  }

  @Test
  void warnsOfMessagesThatAreNeverSaid() throws Exception {
    assertThat(warnings("expect-status = 401, messages = [ { send = hello } ]", ""))
        .containsExactly(
            "String: 1: websocket-exporter.modules.test: its messages are never said, for"
                + " expect-status wants the upgrade refused");
    assertThat(warnings("expect-status = 101, messages = [ { send = hello } ]", "")).isEmpty();
    assertThat(warnings("expect-status = 401, messages = []", "")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hosts = [\"*.example.com\"]", "cidrs = [\"10.0.0.0/8\"]"})
  void doesNotWarnWhereAllModulesMayGoToSomeHostsOnly(String allowed) throws Exception {
    assertThat(warnings("headers { X-Tenant = blue }", allowed)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"send = hello", "send-base64 = AAAA", "send = ${PATH}"})
  void refusesWhateverIsSentToAnyHostWhereItIsStrict(String step) throws Exception {
    assertThatThrownBy(() -> read("messages = [ { " + step + " } ]", STRICT))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(SENTENCE);
    assertThatThrownBy(
            () -> read("continuous = true, heartbeat { " + step + ", expect = hello }", STRICT))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(SENTENCE);
    assertThat(read("messages = [ { expect = hello } ]", STRICT)).isEmpty();
    assertThat(read("continuous = true", STRICT)).isEmpty();
    assertThat(read("messages = [ { " + step + " } ]", STRICT + ", allow.hosts = [a.example]"))
        .isEmpty();
  }

  private static List<String> warnings(String module, String allowed)
      throws InvalidConfigException {
    return read(module, "allow { " + allowed + " }");
  }

  /** What is noted of the module {@code test}. */
  private static List<String> read(String module, String policy) throws InvalidConfigException {
    return warnings("modules.test { %s }, policy { %s }".formatted(module, policy));
  }

  private static List<String> warnings(String settings) throws InvalidConfigException {
    Config config =
        ConfigFactory.parseString("websocket-exporter { " + settings + " }")
            .withFallback(Reference.CHANGEABLE)
            .resolve();
    return new ParsedConfig(config, null, List.of()).read().warnings();
  }
}
