package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a configuration shows of itself, and what of it is fixed at the start. */
class EffectiveConfigTest {
  private static final List<String> ROOT = List.of("websocket-exporter");

  private static EffectiveConfig config(String hocon, Set<List<String>> secrets) {
    return new EffectiveConfig(
        ConfigFactory.parseString("websocket-exporter {\n" + hocon + "\n}")
            .withFallback(Reference.CHANGEABLE)
            .resolve(),
        secrets);
  }

  private static List<String> path(String... keys) {
    return Stream.concat(ROOT.stream(), Stream.of(keys)).toList();
  }

  @Test
  void showsTheDefaultsToo() {
    assertThat(config("", Set.of()).toString())
        .startsWith("websocket-exporter {\n")
        .contains("timeout-offset=\"500ms\"", "max-in-flight=6700", "\"websocket_ping\" {}")
        .contains("module-defaults {", "expect-status=101", "max-uncertainty=\"1ms\"");
  }

  @Test
  void isWrittenOnceHoweverOftenItIsShown() {
    EffectiveConfig config = config("", Set.of());

    assertThat(config.toString()).isSameAs(config.toString());
  }

  @Test
  void showsAMaskForASecretWhateverItIs() {
    EffectiveConfig config =
        config(
            """
            modules.a {
              headers { "X.Key" = s3cret, Other = shown }
              authorization { basic { username = u, password = s3cret } }
              messages = [ { send = shown }, { send = s3cret } ]
              "odd[0]" = s3cret
              number = 42
            }
            """,
            Set.of(
                path("modules", "a", "headers", "X.Key"),
                path("modules", "a", "authorization", "basic", "password"),
                path("modules", "a", "messages[1]", "send"),
                path("modules", "a", "odd[0]"),
                path("modules", "a", "number")));

    assertThat(config.toString())
        .doesNotContain("s3cret", "42")
        .contains("Other=shown", "username=u", "send=shown")
        .satisfies(text -> assertThat(text.split("\"\\*\\*\\*\"", -1)).hasSize(6));
  }

  @Test
  void showsAModuleWithWhatItExtendsAndTheirSecretsMasked() {
    EffectiveConfig config =
        config(
            """
            modules {
              a { timeout = 1s, token = s3cret, list = [ { send = s3cret } ] }
              b { extends = a, timeout = 2s }
              c { extends = b, origin = here }
            }
            """,
            Set.of(
                path("modules", "a", "token"),
                path("modules", "a", "list[0]", "send"),
                path("modules", "b", "token"),
                path("modules", "b", "list[0]", "send"),
                path("modules", "c", "token")));

    assertThat(config.module("c"))
        .isEqualToIgnoringWhitespace(
            "c { list=[ { send=\"***\" } ] origin=here timeout=\"2s\" token=\"***\" }");
    assertThat(config.toString()).doesNotContain("s3cret").contains("extends=a");
  }

  @Test
  void masksWhatAHeartbeatSays() throws Exception {
    Config all =
        ConfigFactory.parseString(
                """
                websocket-exporter.modules {
                  a { continuous = true, heartbeat { send = s3cret, expect = pong } }
                  b { continuous = true, heartbeat { send-base64 = czNjcmV0, expect = pong } }
                }
                """)
            .withFallback(Reference.CHANGEABLE)
            .resolve();

    EffectiveConfig text = new ParsedConfig(all, null, List.of()).read().text();

    assertThat(text.toString()).doesNotContain("s3cret", "czNjcmV0");
    assertThat(text.module("a"))
        .isEqualToIgnoringWhitespace(
            "a { continuous=true heartbeat { expect=\"***\" send=\"***\" } }");
  }

  @Test
  void keepsWhatIsFixedAtTheStartAndNamesIt() {
    EffectiveConfig running = config("dns.servers = [\"10.0.0.1:53\"]", Set.of());
    EffectiveConfig next =
        config(
            """
            web { listen-addresses = [":1"], idle-timeout = 1m, open-paths = [/-/ready] }
            event-loops = 2, transport = nio, clock = loop, warm-up = 0s
            probe { max-in-flight = 1, timeout = 1s }
            dns.min-ttl = 1s
            sessions { max = 1, lease.min = 1s }
            log.level = debug
            """,
            Set.of());

    assertThat(next.fixedKeysThatDiffer(running))
        .containsExactly(
            "clock",
            "dns.min-ttl",
            "dns.servers",
            "event-loops",
            "probe.max-in-flight",
            "sessions.lease.min",
            "sessions.max",
            "transport",
            "warm-up",
            "web.idle-timeout",
            "web.listen-addresses");
    assertThat(next.over(running).toString())
        .isEqualTo(
            config(
                    "dns.servers = [\"10.0.0.1:53\"], probe.timeout = 1s, log.level = debug,"
                        + " web.open-paths = [/-/ready]",
                    Set.of())
                .toString());
    assertThat(running.fixedKeysThatDiffer(running)).isEmpty();
  }
}
