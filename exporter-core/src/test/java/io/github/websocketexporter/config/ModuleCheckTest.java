package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.github.websocketexporter.module.ProbeModule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleCheckTest {
  private static final String SENTENCE =
      "String: 1: modules.test: its credentials go to whatever host a request names;"
          + " policy.allow.hosts or policy.allow.cidrs says which may have them";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization.bearer.token = t0ken",
        "authorization.basic { username = id, password = pass }",
        "headers { X-Tenant = blue }",
        "headers { X-Tenant = blue }, policy.deny.hosts = [evil.example.com]",
        "headers { X-Tenant = blue }, policy.allow.ports = [443]",
        "messages = [ { send = ${PATH} } ]",
        "messages = [ { expect = hello }, { send = \"login \"${PATH}\" now\", expect = welcome } ]"
      })
  void warnsOfCredentialsForAnyHost(String module) throws Exception {
    assertThat(warnings(module, ""))
        .containsExactly(SENTENCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "origin = \"https://example.com\", proxy { url = \"socks5://proxy:1080\", username = id, password = pass }",
        "proxy.url = \"http://proxy:3128\", policy.allow.hosts = [\"*.example.com\"]",
        "proxy.url = \"http://proxy:3128\", policy.allow.cidrs = [\"192.0.2.0/24\"]",
        "tls.insecure-skip-verify = true, messages = [ { send = hello } ]",
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
            "String: 1: modules.test: its proxy resolves the names of targets, so"
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
            "String: 1: modules.test: its credentials go to whoever answers, for"
                + " tls.insecure-skip-verify is true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hosts = [\"*.example.com\"]", "cidrs = [\"10.0.0.0/8\"]"})
  void doesNotWarnWhereAllModulesMayGoToSomeHostsOnly(String allowed) throws Exception {
    assertThat(warnings("headers { X-Tenant = blue }", allowed)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"send = hello", "send-base64 = AAAA", "send = ${PATH}"})
  void refusesWhateverIsSentToAnyHostWhereItIsStrict(String step) throws Exception {
    Reading reading = new Reading(null);

    assertThatThrownBy(() -> read("messages = [ { " + step + " } ]", "", true, reading))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(SENTENCE);
    assertThat(read("messages = [ { expect = hello } ]", "", true, reading)).isNotEmpty();
    assertThat(read("messages = [ { " + step + " } ]", "hosts = [a.example]", true, reading))
        .isNotEmpty();
  }

  /** What is noted of the module {@code test}. */
  private static List<String> warnings(String module, String allowed)
      throws InvalidConfigException {
    Reading reading = new Reading(null);
    assertThat(read(module, allowed, false, reading)).containsOnlyKeys("test");
    return reading.warnings();
  }

  private static Map<String, ProbeModule> read(
      String module, String allowed, boolean strict, Reading reading)
      throws InvalidConfigException {
    Block root =
        Block.top(
            ConfigFactory.parseString(
                    "probe { timeout = 10s, ping-interval = 1s }, modules.test { %s }, policy {"
                            .formatted(module)
                        + " credentials-need-allowed-hosts = %s, allow { %s } }"
                            .formatted(strict, allowed))
                .resolve()
                .root(),
            reading);
    return new ModulesReader(root.block("probe"), root.block("policy"))
        .read(root.block("modules"));
  }
}
