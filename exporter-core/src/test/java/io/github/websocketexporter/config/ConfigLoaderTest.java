package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.module.Cidr;
import io.github.websocketexporter.module.ContinuousSettings;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.module.TargetPolicy;
import io.github.websocketexporter.module.TargetRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

class ConfigLoaderTest {
  private static final TargetPolicy NO_CREDENTIALS_OF_CLOUDS =
      new TargetPolicy(
          List.of(),
          List.of(
              new TargetRules(
                  "policy.deny",
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(),
                  Stream.of(
                          "169.254.0.0/16",
                          "fe80::/10",
                          "fd00:ec2::254",
                          "fd20:ce::254",
                          "100.100.100.200",
                          "168.63.129.16")
                      .map(text -> Cidr.parse(text).orElseThrow())
                      .toList())));

  private static final List<Duration> DEFAULT_BUCKETS =
      LongStream.of(
              500,
              1_000,
              2_500,
              5_000,
              10_000,
              25_000,
              50_000,
              100_000,
              250_000,
              500_000,
              1_000_000,
              2_500_000,
              5_000_000,
              10_000_000)
          .mapToObj(micros -> Duration.of(micros, ChronoUnit.MICROS))
          .toList();

  private static final ExporterConfig DEFAULTS =
      new ExporterConfig(
          new WebSettings(
              List.of(new ListenAddress(null, 9095)),
              "",
              "/metrics",
              "/probe",
              false,
              20_000,
              16_384,
              16_384,
              Duration.ofSeconds(10),
              Duration.ofMinutes(10),
              Duration.ofSeconds(5),
              WebProtection.NONE),
          1,
          TransportKind.AUTO,
          ClockKind.AUTO,
          Duration.ofSeconds(2),
          new ProbeSettings("websocket_ping", Duration.ofMillis(500), 6_700),
          new SessionSettings(
              null, Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofDays(1)),
          new DnsSettings(
              List.of(),
              Duration.ofSeconds(2),
              Duration.ZERO,
              Duration.ofSeconds(30),
              Duration.ofSeconds(1)),
          builtIn(Duration.ofSeconds(10), Duration.ofSeconds(1)),
          Map.of(),
          100,
          Duration.ZERO,
          new LogSettings(LogSettings.Level.INFO, LogSettings.Format.LOGFMT));

  @TempDir Path directory;

  @Test
  void hasTheDefaultsOfTheDocumentation() throws Exception {
    assertThat(ConfigLoader.load(null, new Flags())).isEqualTo(DEFAULTS);
  }

  @Test
  void changesNothingForAFileThatSetsNothing() throws Exception {
    assertThat(load("websocket-exporter {}")).isEqualTo(DEFAULTS);
  }

  @Test
  void readsEveryKeyOfAFile() throws Exception {
    ExporterConfig config = ConfigLoader.load(fixture("/config/every-key.conf"), new Flags());

    assertThat(config)
        .usingRecursiveComparison()
        .ignoringFields("web.protection.tls", "modules", "targets")
        .isEqualTo(
            new ExporterConfig(
                new WebSettings(
                    List.of(
                        new ListenAddress("127.0.0.1", 9096),
                        new ListenAddress("::1", 9096),
                        new ListenAddress("exporter.internal", 0),
                        new ListenAddress(null, 65535)),
                    "/monitoring/ws",
                    "/m",
                    "/p",
                    true,
                    1,
                    256,
                    1024,
                    Duration.ofMillis(100),
                    Duration.ofDays(1),
                    Duration.ofHours(1),
                    new WebProtection(
                        null,
                        Map.of(
                            "prometheus",
                            Secret.of("$2y$04$" + "a".repeat(53)),
                            "v.m agent",
                            Secret.of("$2b$14$./" + "Z9".repeat(25) + "A")),
                        Set.of("/-/healthy", "/-/ready"))),
                2,
                TransportKind.NIO,
                ClockKind.LOOP,
                Duration.ofMinutes(1),
                new ProbeSettings("patient", Duration.ZERO, 1_000_000),
                new SessionSettings(
                    1, Duration.ofHours(1), Duration.ofHours(1), Duration.ofDays(30)),
                new DnsSettings(
                    List.of(
                        new InetSocketAddress("10.0.0.10", 53),
                        new InetSocketAddress("fd00::10", 54)),
                    Duration.ofMillis(10),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(1500)),
                Map.of(),
                Map.of(),
                1_000,
                Duration.ofHours(1),
                new LogSettings(LogSettings.Level.DEBUG, LogSettings.Format.JSON)));
    assertThat(config.modules())
        .containsAllEntriesOf(
            with(
                builtIn(Duration.ofSeconds(20), Duration.ofSeconds(3)),
                ProbeModule.builder("patient", Duration.ofHours(1))
                    .policy(NO_CREDENTIALS_OF_CLOUDS)
                    .addresses(new AddressPreference(AddressFamily.IP6, false))
                    .ping(
                        new PingSettings(
                            1_000,
                            Duration.ofMillis(3_603),
                            Duration.ofMinutes(2),
                            125,
                            false,
                            0.25,
                            Duration.ofNanos(250_000)))
                    .build(),
                ProbeModule.builder("name.with-all_KINDS.0", Duration.ofSeconds(20))
                    .policy(NO_CREDENTIALS_OF_CLOUDS)
                    .ping(every(Duration.ofSeconds(3)))
                    .build()));
  }

  @Test
  void keepsTheDefaultsOfTheKeysThatAFileDoesNotSet() throws Exception {
    ExporterConfig config = load("websocket-exporter.web.probe-path = /p");

    assertThat(config.web().probePath()).isEqualTo("/p");
    assertThat(config.web().telemetryPath()).isEqualTo("/metrics");
    assertThat(config.probe()).isEqualTo(DEFAULTS.probe());
    assertThat(config.modules()).isEqualTo(DEFAULTS.modules());
  }

  @Test
  void sortsTheModulesByName() throws Exception {
    assertThat(load("websocket-exporter.modules { zebra {}, ant {}, moose {} }").modules().keySet())
        .containsExactly(
            "ant",
            "moose",
            "websocket_connect",
            "websocket_continuous",
            "websocket_ping",
            "websocket_ping_burst",
            "zebra");
  }

  @Test
  void givesModulesTheTimeoutOfTheProbeBlockUnlessTheyHaveTheirOwn() throws Exception {
    ExporterConfig config =
        load(
            """
            websocket-exporter {
              probe { timeout = 4s }
              modules { own { timeout = 6s }, empty {} }
            }
            """);

    assertThat(config.modules())
        .containsEntry("own", module("own", 6, AddressFamily.IP4, true))
        .containsEntry("empty", module("empty", 4, AddressFamily.IP4, true))
        .containsEntry("websocket_ping", module("websocket_ping", 4, AddressFamily.IP4, true));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void knowsEveryClockByItsNameInLowerCase(ClockKind clock) throws Exception {
    assertThat(load("websocket-exporter.clock = " + clock.name().toLowerCase(Locale.ROOT)).clock())
        .isEqualTo(clock);
  }

  @Test
  void warmsUpNotAtAllWhereThatIsAskedFor() throws Exception {
    assertThat(load("websocket-exporter.warm-up = 0s").warmUp()).isZero();
  }

  @Test
  void stopsWithoutADelayWhereThatIsAskedFor() throws Exception {
    assertThat(load("websocket-exporter.web.shutdown-delay = 0s").web().shutdownDelay()).isZero();
  }

  @Test
  void holdsTenThousandConnectionsWhereNothingIsSaid() throws Exception {
    assertThat(load("websocket-exporter {}").sessions().max()).isEqualTo(10_000);
    assertThat(load("websocket-exporter.sessions.max = 7").sessions().max()).isEqualTo(7);
  }

  @Test
  void changesNothingButTheLimitsWhereOthersHold() throws Exception {
    ExporterConfig config = ConfigLoader.load(fixture("/config/every-key.conf"), new Flags());

    ExporterConfig limited = config.withLimits(7, 5, 3);

    assertThat(limited.web().maxConnections()).isEqualTo(7);
    assertThat(limited.probe().maxInFlight()).isEqualTo(5);
    assertThat(limited.sessions().max()).isEqualTo(3);
    assertThat(limited.withLimits(1, 1_000_000, config.sessions().max())).isEqualTo(config);
  }

  @Test
  void showsTheLimitsThatHold() throws Exception {
    LoadedConfig config = ConfigLoader.parse(null, new Flags()).read();

    LoadedConfig limited = config.withLimits(7, 5, 3);

    assertThat(config.text().toString()).contains("max-connections=20000", "max-in-flight=6700");
    assertThat(limited.text().toString()).contains("max-connections=7", "max-in-flight=5");
    assertThat(config.over(limited).text().toString()).isEqualTo(limited.text().toString());
    assertThat(config.needingRestart(limited)).isEmpty();
  }

  @Test
  void takesARoundTripThatIsSureToAMillisecondUnlessAModuleSaysOtherwise() throws Exception {
    ExporterConfig config =
        load(
            """
            websocket-exporter.modules {
              silent {}
              empty { ping {} }
              precise { ping.max-uncertainty = 1us }
              relaxed { ping { max-uncertainty = 1h } }
            }
            """);

    assertThat(config.modules())
        .extractingByKeys("websocket_ping", "silent", "empty", "precise", "relaxed")
        .extracting(module -> module.ping().maxUncertainty())
        .containsExactly(
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            Duration.ofNanos(1_000),
            Duration.ofHours(1));
  }

  @Test
  void cannotBeChanged() throws Exception {
    ExporterConfig config = load("websocket-exporter.dns.servers = [\"10.0.0.10:53\"]");

    assertThat(config.modules()).isUnmodifiable();
    assertThat(config.web().listenAddresses()).isUnmodifiable();
    assertThat(config.dns().servers()).isUnmodifiable();
  }

  @Nested
  class AFlag {

    @Test
    void winsOverTheFile() throws Exception {
      ExporterConfig config =
          ConfigLoader.load(
              fixture("/config/every-key.conf"),
              new Flags()
                  .set("--web.telemetry-path", "web.telemetry-path", "/flag")
                  .set("--web.listen-address", "web.listen-addresses", List.of(":1", "[::]:2"))
                  .set("--timeout", "probe.timeout", "7s")
                  .set("--ping.interval", "probe.ping-interval", "250ms")
                  .set("--timeout-offset", "probe.timeout-offset", "1s")
                  .set("--log.level", "log.level", "warn")
                  .set("--log.format", "log.format", "logfmt"));

      assertThat(config.web().telemetryPath()).isEqualTo("/flag");
      assertThat(config.web().probePath()).isEqualTo("/p");
      assertThat(config.web().listenAddresses())
          .containsExactly(new ListenAddress(null, 1), new ListenAddress("::", 2));
      assertThat(config.modules().get("websocket_ping"))
          .isEqualTo(
              ProbeModule.builder("websocket_ping", Duration.ofSeconds(7))
                  .policy(NO_CREDENTIALS_OF_CLOUDS)
                  .ping(every(Duration.ofMillis(250)))
                  .build());
      assertThat(config.probe().timeoutOffset()).isEqualTo(Duration.ofSeconds(1));
      assertThat(config.log())
          .isEqualTo(new LogSettings(LogSettings.Level.WARN, LogSettings.Format.LOGFMT));
    }

    @Test
    void winsOverTheDefaultsWithoutAFile() throws Exception {
      assertThat(
              ConfigLoader.load(null, new Flags().set("--web.probe-path", "web.probe-path", "/p"))
                  .web()
                  .probePath())
          .isEqualTo("/p");
    }

    @Test
    void leavesAModulesOwnTimeAlone() throws Exception {
      ExporterConfig config =
          ConfigLoader.load(
              file("websocket-exporter.modules.own.timeout = 6s"),
              new Flags().set("--timeout", "probe.timeout", "7s"));

      assertThat(config.modules())
          .containsEntry("own", module("own", 6, AddressFamily.IP4, true))
          .containsEntry("websocket_ping", module("websocket_ping", 7, AddressFamily.IP4, true));
    }

    @Test
    void doesNothingWithoutAValue() throws Exception {
      assertThat(ConfigLoader.load(null, new Flags().set("--timeout", "probe.timeout", null)))
          .isEqualTo(DEFAULTS);
    }

    @Test
    void replacesABadValueOfTheFile() throws Exception {
      ExporterConfig config =
          ConfigLoader.load(
              fixture("/bad-config/bare-number-as-duration.conf"),
              new Flags().set("--timeout", "probe.timeout", "7s"));

      assertThat(config.modules())
          .containsEntry("websocket_ping", module("websocket_ping", 7, AddressFamily.IP4, true));
    }

    static final List<Arguments> BAD =
        List.of(
            flag(
                "--timeout",
                "probe.timeout",
                "10",
                "expected a duration from 1ms to 1h such as 500ms, 10s or 1m, but found \"10\""),
            flag(
                "--timeout",
                "probe.timeout",
                "2h",
                "expected a duration from 1ms to 1h such as 500ms, 10s or 1m, but found \"2h\""),
            flag(
                "--timeout",
                "probe.timeout",
                "",
                "expected a duration from 1ms to 1h such as 500ms, 10s or 1m, but found \"\""),
            flag(
                "--timeout-offset",
                "probe.timeout-offset",
                "soon",
                "expected a duration from 0s to 1m such as 500ms, 10s or 1m, but found \"soon\""),
            flag(
                "--web.listen-address",
                "web.listen-addresses",
                List.of(":9095", "nope"),
                "expected an address such as \":9095\", \"127.0.0.1:9095\" or \"[::1]:9095\","
                    + " but found \"nope\""),
            flag(
                "--web.listen-address",
                "web.listen-addresses",
                List.of(),
                "expected at least one address, but found none"),
            flag(
                "--web.route-prefix",
                "web.route-prefix",
                "monitoring",
                "expected a path such as /websocket, or /, but found \"monitoring\""),
            flag(
                "--web.external-url",
                "web.external-url",
                "example.com",
                "expected a URL such as https://example.com/websocket/, without a query, but found"
                    + " \"example.com\""),
            flag(
                "--web.external-url",
                "web.external-url",
                "https://example.com/?a",
                "expected a URL such as https://example.com/websocket/, without a query, but found"
                    + " something else"),
            flag(
                "--web.probe-path",
                "web.probe-path",
                "/-/healthy",
                "expected a path such as /probe, not / itself, /config or /probes, and not below /-/,"
                    + " but found something else"),
            flag(
                "--web.probe-path",
                "web.probe-path",
                "/",
                "expected a path such as /probe, not / itself, /config or /probes, and not below /-/,"
                    + " but found something else"),
            flag(
                "--web.probe-path",
                "web.probe-path",
                "probe",
                "expected a path such as /probe, not / itself, /config or /probes, and not below /-/,"
                    + " but found \"probe\""),
            flag(
                "--web.probe-path",
                "web.probe-path",
                "/metrics",
                "expected another path than that of telemetry-path, but found \"/metrics\""),
            flag(
                "--web.telemetry-path",
                "web.telemetry-path",
                "/probe",
                "expected another path than that of probe-path, but found \"/probe\""),
            flag(
                "--log.level",
                "log.level",
                "loud",
                "expected one of error, warn, info, debug, but found \"loud\""),
            flag(
                "--event-loops",
                "event-loops",
                "0",
                "expected a whole number from 1 to 256, but found \"0\""),
            flag(
                "--default-module",
                "probe.default-module",
                "impatient",
                "expected the name of a module, one of websocket_connect, websocket_continuous,"
                    + " websocket_ping, websocket_ping_burst, but found \"impatient\""),
            flag("--shiny", "log.shiny", "true", "unknown key; known here are: format, level"));

    @ParameterizedTest(name = "{0} {2}")
    @FieldSource("BAD")
    void isNamedInTheErrorAboutIt(String flag, String key, Object value, String message) {
      InvalidConfigException error = error(null, new Flags().set(flag, key, value));

      assertThat(error).hasMessage(flag + ": websocket-exporter." + key + ": " + message);
    }

    private static Arguments flag(String flag, String key, Object value, String message) {
      return Arguments.of(flag, key, value, message);
    }
  }

  @Nested
  class TheEnvironment {

    @Test
    void isReadForASubstitution() throws IOException {
      // Whatever PATH holds, it is no module: the error shows that it was read.
      Path file = file("websocket-exporter.probe.default-module = ${?PATH}");

      assertThat(error(file, new Flags()))
          .hasMessage(
              "env variables: websocket-exporter.probe.default-module: expected the name of a"
                  + " module, one of websocket_connect, websocket_continuous, websocket_ping,"
                  + " websocket_ping_burst, but found something else");
    }

    @Test
    void leavesTheEarlierValueWhereTheVariableIsNotSet() throws Exception {
      assertThat(load("websocket-exporter.probe.timeout = ${?WEBSOCKET_EXPORTER_TEST_UNSET}"))
          .isEqualTo(DEFAULTS);
      assertThat(
              load("""
                      websocket-exporter.web.probe-path = /p
                      websocket-exporter.web.probe-path = ${?WEBSOCKET_EXPORTER_TEST_UNSET}
                      """)
                  .web()
                  .probePath())
          .isEqualTo("/p");
    }

    @Test
    void isNotAConfigurationOfItsOwn() throws Exception {
      assertThat(System.getenv()).isNotEmpty();
      assertThat(ConfigLoader.load(null, new Flags())).isEqualTo(DEFAULTS);
    }
  }

  @Nested
  class ABadFile {

    static final List<Arguments> BAD =
        List.of(
            bad(
                "unknown-root-key",
                2,
                "websocket_exporter: unknown key; known here are: websocket-exporter"),
            bad(
                "unknown-key-in-root",
                3,
                "websocket-exporter.threads: unknown key;"
                    + " known here are: clock, config, dns, event-loops, history, log, modules, policy,"
                    + " probe, sessions, targets, transport, warm-up, web"),
            bad(
                "unknown-key-in-web",
                4,
                "websocket-exporter.web.port: unknown key; known here are: basic-auth-users,"
                    + " enable-lifecycle, external-url, idle-timeout, listen-addresses, max-connections,"
                    + " max-header-size, max-request-line, open-paths, probe-path, request-timeout,"
                    + " route-prefix, shutdown-delay, telemetry-path, tls"),
            bad(
                "unknown-key-in-web-tls",
                7,
                "websocket-exporter.web.tls.min-version: unknown key; known here are: cert-file,"
                    + " client-auth, client-ca-file, key-file, key-password, key-password-file"),
            bad(
                "web-tls-without-certificate",
                3,
                "websocket-exporter.web.tls: expected cert-file and key-file in it,"
                    + " but found neither"),
            bad(
                "web-tls-file-missing",
                4,
                "websocket-exporter.web.tls.cert-file: cannot read the file: no such" + " file"),
            bad(
                "unknown-client-auth",
                6,
                "websocket-exporter.web.tls.client-auth: expected one of none, optional, required,"
                    + " but found \"maybe\""),
            bad(
                "client-auth-without-authority",
                3,
                "websocket-exporter.web.tls.client-ca-file: expected the name of a file,"
                    + " but it has no value"),
            bad(
                "client-authority-without-client-auth",
                6,
                "websocket-exporter.web.tls.client-ca-file: expected client-auth = optional or"
                    + " required with it, but found none"),
            bad(
                "password-instead-of-hash",
                3,
                "websocket-exporter.web.basic-auth-users.prometheus: expected a bcrypt hash such as"
                    + " \"$2y$10$…\" with a cost from 04 to 14, but found something else"),
            bad(
                "cost-of-hash-too-high",
                3,
                "websocket-exporter.web.basic-auth-users.prometheus: expected a bcrypt hash such as"
                    + " \"$2y$10$…\" with a cost from 04 to 14, but found something else"),
            bad(
                "user-name-with-colon",
                3,
                "websocket-exporter.web.basic-auth-users.…: expected the name of a user"
                    + " without colons and control characters, but found another"),
            bad(
                "probe-path-left-open",
                3,
                "websocket-exporter.web.open-paths: expected /-/healthy or /-/ready,"
                    + " but found something else"),
            bad(
                "unknown-key-in-probe",
                3,
                "websocket-exporter.probe.deadline: unknown key; known here are: default-module,"
                    + " max-in-flight, ping-interval, timeout, timeout-offset"),
            bad(
                "unknown-key-in-dns",
                1,
                "websocket-exporter.dns.resolvers: unknown key;"
                    + " known here are: max-ttl, min-ttl, negative-ttl, servers, timeout"),
            bad(
                "unknown-key-in-log",
                3,
                "websocket-exporter.log.file: unknown key; known here are: format, level"),
            bad(
                "module-defaults-changed",
                2,
                "websocket-exporter.module-defaults: expected in modules: the defaults are fixed"),
            bad(
                "unknown-key-in-module",
                5,
                "websocket-exporter.modules.patient.retries: unknown key; known here"
                    + " are: authorization, compression, continuous, expect-status,"
                    + " expect-subprotocol, extends, headers, heartbeat, histogram-buckets, host,"
                    + " ip-protocol, ip-protocol-fallback, messages,"
                    + " origin, ping, policy, proxy, subprotocols, timeout, tls, user-agent"),
            bad(
                "unknown-key-in-ping",
                6,
                "websocket-exporter.modules.precise.ping.certainty: unknown key;"
                    + " known here are: count, interval, max-loss-ratio, max-uncertainty,"
                    + " payload-bytes, required, timeout"),
            bad(
                "proxy-without-url",
                3,
                "websocket-exporter.modules.proxied.proxy.url: expected the URL of a proxy"
                    + " with its port, such as http://proxy.example:3128,"
                    + " socks5://proxy.example:1080 or socks5h://proxy.example:1080,"
                    + " but it has no value"),
            bad(
                "proxy-url-without-port",
                4,
                "websocket-exporter.modules.proxied.proxy.url: expected the URL of a"
                    + " proxy with its port, such as http://proxy.example:3128,"
                    + " socks5://proxy.example:1080 or socks5h://proxy.example:1080, but found"
                    + " something else"),
            bad(
                "proxy-url-with-path",
                4,
                "websocket-exporter.modules.proxied.proxy.url: expected the URL of a"
                    + " proxy with its port, such as http://proxy.example:3128,"
                    + " socks5://proxy.example:1080 or socks5h://proxy.example:1080, but found"
                    + " something else"),
            bad(
                "proxy-url-of-unknown-protocol",
                4,
                "websocket-exporter.modules.proxied.proxy.url: expected the URL of a"
                    + " proxy with its port, such as http://proxy.example:3128,"
                    + " socks5://proxy.example:1080 or socks5h://proxy.example:1080, but found"
                    + " something else"),
            bad(
                "proxy-url-without-host",
                4,
                "websocket-exporter.modules.proxied.proxy.url: expected the URL of a"
                    + " proxy with its port, such as http://proxy.example:3128,"
                    + " socks5://proxy.example:1080 or socks5h://proxy.example:1080, but found"
                    + " something else"),
            bad(
                "proxy-url-with-user-info",
                4,
                "websocket-exporter.modules.proxied.proxy.url: expected a URL without user info,"
                    + " which belongs in username and password (or password-file),"
                    + " but found one with it"),
            bad(
                "proxy-username-with-colon",
                5,
                "websocket-exporter.modules.proxied.proxy.username: expected a user"
                    + " name of 1 to 255 bytes, without colons and control characters, but"
                    + " found something else"),
            bad(
                "proxy-username-too-long",
                5,
                "websocket-exporter.modules.proxied.proxy.username: expected a user"
                    + " name of 1 to 255 bytes, without control characters, but found"
                    + " something else"),
            bad(
                "proxy-password-without-username",
                3,
                "websocket-exporter.modules.proxied.proxy.username: expected a user name"
                    + " of 1 to 255 bytes, without colons and control characters,"
                    + " but it has no value"),
            bad(
                "proxy-username-without-password",
                3,
                "websocket-exporter.modules.proxied.proxy: expected either password"
                    + " or password-file, but found neither"),
            bad(
                "proxy-password-twice",
                6,
                "websocket-exporter.modules.proxied.proxy.password: expected either password"
                    + " or password-file, but found both"),
            bad(
                "proxy-password-with-line-end",
                6,
                "websocket-exporter.modules.proxied.proxy.password: expected a password"
                    + " of 1 to 255 bytes, without control characters,"
                    + " but found something else"),
            bad(
                "proxy-password-file-missing",
                6,
                "websocket-exporter.modules.proxied.proxy.password-file: cannot read"
                    + " the file: no such file"),
            bad(
                "bad-no-proxy",
                5,
                "websocket-exporter.modules.proxied.proxy.no-proxy: expected a name, a .suffix,"
                    + " an address, a network such as 10.0.0.0/8, or *,"
                    + " but found something else"),
            bad(
                "unknown-key-in-proxy",
                5,
                "websocket-exporter.modules.proxied.proxy.bypass: unknown key; known here are:"
                    + " no-proxy, password, password-file, url, username"),
            bad(
                "tls-not-a-block",
                2,
                "websocket-exporter.modules.secure.tls: expected a block { … }, but"
                    + " found text"),
            bad(
                "unknown-key-in-tls",
                3,
                "websocket-exporter.modules.secure.tls.verify: unknown key; known here"
                    + " are: ca-file, cert-file, ciphers, insecure-skip-verify, key-file,"
                    + " key-password, key-password-file, max-version, min-version, server-name"),
            bad(
                "ca-file-missing",
                2,
                "websocket-exporter.modules.secure.tls.ca-file: cannot read the file:"
                    + " no such file"),
            bad(
                "ca-file-without-certificate",
                2,
                "websocket-exporter.modules.secure.tls.ca-file: expected the name of a"
                    + " file of certificates in PEM, but there is none in it"),
            bad(
                "ca-file-with-damaged-certificate",
                2,
                "websocket-exporter.modules.secure.tls.ca-file: expected the name of a"
                    + " file of certificates in PEM, but certificate 2 in it is damaged"),
            bad(
                "cert-file-without-key-file",
                2,
                "websocket-exporter.modules.secure.tls.cert-file: expected a key-file"
                    + " beside it, but found none"),
            bad(
                "key-file-without-cert-file",
                2,
                "websocket-exporter.modules.secure.tls.key-file: expected a cert-file"
                    + " beside it, but found none"),
            bad(
                "key-password-without-key-file",
                2,
                "websocket-exporter.modules.secure.tls.key-password-file: expected a"
                    + " key-file beside it, but found none"),
            bad(
                "cert-file-without-certificate",
                3,
                "websocket-exporter.modules.secure.tls.cert-file: expected the name of a"
                    + " file of certificates in PEM, but there is none in it"),
            bad(
                "cert-file-of-ed25519",
                3,
                "websocket-exporter.modules.secure.tls.cert-file: expected a certificate"
                    + " with a key of RSA or EC, but found one of EdDSA"),
            bad(
                "key-file-without-key",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected the name of a"
                    + " file of a private key in PEM, but none is in it"),
            bad(
                "key-file-damaged",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected a private key"
                    + " in PEM, but it is damaged"),
            bad(
                "key-file-of-another-certificate",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected the key of the"
                    + " certificate in cert-file, but it is another one, damaged, or of a curve that"
                    + " Java does not have"),
            bad(
                "key-file-of-another-kind",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected the key of the"
                    + " certificate in cert-file, but it is another one, damaged, or of a curve that"
                    + " Java does not have"),
            bad(
                "key-file-of-a-strange-curve",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected the key of the"
                    + " certificate in cert-file, but it is another one, damaged, or of a curve that"
                    + " Java does not have"),
            bad(
                "key-file-of-openssh",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected a key of"
                    + " PKCS#8, PKCS#1 or SEC 1, but found \"OPENSSH PRIVATE KEY\""),
            bad(
                "key-file-encrypted-in-the-old-way",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected an encrypted"
                    + " key to be PKCS#8, as openssl pkcs8 -topk8 makes it, but found"
                    + " \"EC PRIVATE KEY\""),
            bad(
                "key-file-encrypted-without-password",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected key-password"
                    + " or key-password-file beside it, since the key is encrypted, but found"
                    + " neither"),
            bad(
                "key-file-encrypted-in-an-unknown-way",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected a key"
                    + " encrypted with PBKDF2 and AES, as openssl pkcs8 -topk8 does it, but it is not"),
            bad(
                "key-file-not-encrypted",
                3,
                "websocket-exporter.modules.secure.tls.key-file: expected an encrypted"
                    + " key, since it has a password, but it is not"),
            bad(
                "wrong-key-password",
                3,
                "websocket-exporter.modules.secure.tls.key-password: expected the"
                    + " password of the key in key-file, but it does not fit"),
            bad(
                "wrong-key-password-file",
                3,
                "websocket-exporter.modules.secure.tls.key-password-file: expected the"
                    + " password of the key in key-file, but it does not fit"),
            bad(
                "key-password-not-of-ascii",
                3,
                "websocket-exporter.modules.secure.tls.key-password: expected the password of the"
                    + " key, of printable ASCII characters, as Java wants them, but found something"
                    + " else"),
            bad(
                "key-password-twice",
                3,
                "websocket-exporter.modules.secure.tls.key-password: expected either"
                    + " key-password or key-password-file, but found both"),
            bad(
                "bad-server-name",
                2,
                "websocket-exporter.modules.secure.tls.server-name: expected a host name"
                    + " or a literal address, but found something else"),
            bad(
                "unknown-tls-version",
                2,
                "websocket-exporter.modules.secure.tls.min-version: expected TLS 1.2 or"
                    + " TLS 1.3, but found \"TLSv1.1\""),
            bad(
                "min-version-above-max-version",
                3,
                "websocket-exporter.modules.secure.tls.min-version: expected no newer"
                    + " version than max-version, TLS 1.2, but found TLS 1.3"),
            bad(
                "unknown-cipher",
                2,
                "websocket-exporter.modules.secure.tls.ciphers: expected a cipher suite"
                    + " of TLS 1.2, one of TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
                    + " TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
                    + " TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,"
                    + " TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,"
                    + " TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,"
                    + " TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,"
                    + " TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
                    + " TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,"
                    + " TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,"
                    + " TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_256_GCM_SHA384,"
                    + " TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_CBC_SHA,"
                    + " TLS_RSA_WITH_AES_128_CBC_SHA, but found \"AES256-SHA\""),
            bad(
                "ciphers-of-tls13",
                3,
                "websocket-exporter.modules.secure.tls.ciphers: expected none, since"
                    + " min-version is TLS 1.3, whose cipher suites are not chosen"),
            bad(
                "root-not-a-block",
                1,
                "websocket-exporter: expected a block { … }, but found text"),
            bad(
                "text-for-block",
                2,
                "websocket-exporter.web: expected a block { … }, but found text"),
            bad(
                "module-not-a-block",
                3,
                "websocket-exporter.modules.patient: expected a block { … }, but found" + " text"),
            bad(
                "ping-not-a-block",
                4,
                "websocket-exporter.modules.precise.ping: expected a block { … }, but"
                    + " found text"),
            bad(
                "block-for-text",
                3,
                "websocket-exporter.web.probe-path: expected a path such as /probe,"
                    + " not / itself, /config or /probes, and not below /-/,"
                    + " but found a block"),
            bad(
                "text-for-number",
                2,
                "websocket-exporter.event-loops: expected a whole number from 1 to 256,"
                    + " but found \"many\""),
            bad(
                "fraction-for-number",
                2,
                "websocket-exporter.event-loops: expected a whole number from 1 to 256,"
                    + " but found 1.5"),
            bad(
                "text-for-list",
                3,
                "websocket-exporter.web.listen-addresses: expected a list, each element"
                    + " an address such as \":9095\", \"127.0.0.1:9095\" or \"[::1]:9095\", but"
                    + " found text"),
            bad(
                "text-for-flag",
                4,
                "websocket-exporter.modules.strict.ip-protocol-fallback: expected true or false,"
                    + " but found \"never\""),
            bad(
                "list-for-duration",
                3,
                "websocket-exporter.probe.timeout: expected a duration from 1ms to 1h"
                    + " such as 500ms, 10s or 1m, but found a list"),
            bad(
                "null-value",
                3,
                "websocket-exporter.probe.timeout: expected a duration from 1ms to 1h"
                    + " such as 500ms, 10s or 1m, but it has no value"),
            bad(
                "bare-number-as-duration",
                4,
                "websocket-exporter.probe.timeout: expected a duration from 1ms to 1h"
                    + " such as 500ms, 10s or 1m, but found 10"),
            bad(
                "unknown-unit",
                3,
                "websocket-exporter.probe.timeout: expected a duration from 1ms to 1h"
                    + " such as 500ms, 10s or 1m, but found \"10 parsecs\""),
            bad(
                "duration-too-long",
                3,
                "websocket-exporter.probe.timeout-offset: expected a duration from 0s to 1m"
                    + " such as 500ms, 10s or 1m, but found \"2m\""),
            bad(
                "duration-too-short",
                4,
                "websocket-exporter.modules.hasty.timeout: expected a duration from 1ms to 1h"
                    + " such as 500ms, 10s or 1m, but found \"0s\""),
            bad(
                "max-uncertainty-too-short",
                5,
                "websocket-exporter.modules.precise.ping.max-uncertainty: expected a duration"
                    + " from 1us to 1h such as 500ms, 10s or 1m, but found \"999ns\""),
            bad(
                "too-many-pings",
                5,
                "websocket-exporter.modules.flood.ping.count: expected a whole number"
                    + " from 0 to 1000, but found 1001"),
            bad(
                "ping-interval-too-short",
                5,
                "websocket-exporter.modules.flood.ping.interval: expected a duration"
                    + " from 1ms to 1h such as 500ms, 10s or 1m, but found \"0s\""),
            bad(
                "ping-timeout-too-short",
                5,
                "websocket-exporter.modules.hasty.ping.timeout: expected a duration"
                    + " from 1ms to 1h such as 500ms, 10s or 1m, but found \"0s\""),
            bad(
                "ping-payload-too-short",
                5,
                "websocket-exporter.modules.small.ping.payload-bytes: expected a whole number"
                    + " from 8 to 125, but found 7"),
            bad(
                "ping-payload-too-long",
                5,
                "websocket-exporter.modules.large.ping.payload-bytes: expected a whole number"
                    + " from 8 to 125, but found 126"),
            bad(
                "text-for-ping-required",
                5,
                "websocket-exporter.modules.lenient.ping.required: expected true or false,"
                    + " but found \"maybe\""),
            bad(
                "percentage-for-loss-ratio",
                5,
                "websocket-exporter.modules.lenient.ping.max-loss-ratio: expected a number"
                    + " from 0 to 1, but found 20"),
            bad(
                "pings-beyond-the-timeout",
                6,
                "websocket-exporter.modules.patient.ping.count: expected all 11 PINGs to be sent"
                    + " before the timeout of 5s, but the last is sent after 5s"),
            bad(
                "interval-beyond-the-timeout",
                5,
                "websocket-exporter.modules.slow.ping.interval: expected all 5 PINGs to be sent"
                    + " before the timeout of 10s, but the last is sent after 12s"),
            bad(
                "timeout-below-the-pings",
                4,
                "websocket-exporter.modules.hasty.timeout: expected all 5 PINGs to be sent"
                    + " before the timeout of 800ms, but the last is sent after 800ms"),
            bad(
                "warm-up-too-long",
                2,
                "websocket-exporter.warm-up: expected a duration from 0s to 1m"
                    + " such as 500ms, 10s or 1m, but found \"61s\""),
            bad(
                "duration-beyond-any-clock",
                3,
                "websocket-exporter.web.idle-timeout: expected a duration from 100ms to 24h"
                    + " such as 500ms, 10s or 1m, but found \"99999999999999999999d\""),
            bad(
                "negative-duration",
                3,
                "websocket-exporter.dns.negative-ttl: expected a duration from 0s to 24h"
                    + " such as 500ms, 10s or 1m, but found \"-1s\""),
            bad(
                "number-too-small",
                3,
                "websocket-exporter.web.max-connections: expected a whole number"
                    + " from 1 to 1000000, but found 0"),
            bad(
                "number-too-large",
                2,
                "websocket-exporter.event-loops: expected a whole number from 1 to 256,"
                    + " but found 4294967297"),
            bad(
                "unknown-transport",
                2,
                "websocket-exporter.transport: expected one of auto, epoll, nio,"
                    + " but found \"io_uring\""),
            bad(
                "unknown-clock",
                2,
                "websocket-exporter.clock: expected one of auto, kernel, loop,"
                    + " but found \"hardware\""),
            bad(
                "unknown-ip-protocol",
                4,
                "websocket-exporter.modules.modern.ip-protocol: expected one of ip4, ip6,"
                    + " but found \"ipv6\""),
            bad(
                "host-with-port-beyond-the-last",
                2,
                "websocket-exporter.modules.m.host: expected a host such as example.com,"
                    + " example.com:8443 or [::1]:8443, but found \"example.com:99999\""),
            bad(
                "origin-with-port-beyond-the-last",
                2,
                "websocket-exporter.modules.m.origin: expected an origin such as"
                    + " https://example.com, without a path, but found something else"),
            bad(
                "host-with-path",
                3,
                "websocket-exporter.modules.m.host: expected a host such as example.com, "
                    + "example.com:8443 or [::1]:8443, but found something else"),
            bad(
                "origin-with-path",
                3,
                "websocket-exporter.modules.m.origin: expected an origin such as "
                    + "https://example.com, without a path, but found something else"),
            bad(
                "user-agent-with-line-break",
                3,
                "websocket-exporter.modules.m.user-agent: expected 1 to 8192 printable"
                    + " ASCII characters, but found \"probe\\r\\nX-Smuggled: 1\""),
            bad(
                "header-name-with-space",
                4,
                "websocket-exporter.modules.m.headers.…: expected the name of a header,"
                    + " of letters, digits and dashes, but found another"),
            bad(
                "header-with-line-break",
                4,
                "websocket-exporter.modules.m.headers.X-Api-Key: expected 1 to 8192 bytes"
                    + " of text without control characters or outer spaces, but found something"
                    + " else"),
            bad(
                "header-without-text",
                4,
                "websocket-exporter.modules.m.headers.X-Api-Key: expected 1 to 8192 bytes"
                    + " of text without control characters or outer spaces, but found something"
                    + " else"),
            bad(
                "header-with-a-dot",
                4,
                "websocket-exporter.modules.m.headers.X: expected 1 to 8192 bytes of text"
                    + " without control characters or outer spaces, but found something else"),
            bad(
                "header-twice",
                5,
                "websocket-exporter.modules.m.headers.x-api-key: expected each header "
                    + "once, but found it twice"),
            bad(
                "header-of-another-key",
                4,
                "websocket-exporter.modules.m.headers.Host: expected another header, for "
                    + "the key host sets this one"),
            bad(
                "header-of-the-handshake",
                4,
                "websocket-exporter.modules.m.headers.Sec-WebSocket-Key: expected another"
                    + " header, for the handshake decides on this one"),
            bad(
                "header-of-a-body",
                4,
                "websocket-exporter.modules.m.headers.Content-Length: expected another "
                    + "header, for an upgrade request has no body"),
            bad(
                "header-of-authorization",
                7,
                "websocket-exporter.modules.m.headers.authorization: expected another "
                    + "header, for the block authorization sets this one"),
            bad(
                "headers-not-a-block",
                3,
                "websocket-exporter.modules.m.headers: expected a block { … }, but"
                    + " found text"),
            bad(
                "authorization-not-a-block",
                3,
                "websocket-exporter.modules.m.authorization: expected a block { … },"
                    + " but found text"),
            bad(
                "authorization-of-two-kinds",
                3,
                "websocket-exporter.modules.m.authorization: expected one of basic,"
                    + " bearer, header, but found basic and bearer; null takes away an"
                    + " inherited one"),
            bad(
                "authorization-of-no-kind",
                3,
                "websocket-exporter.modules.m.authorization: expected one of basic, "
                    + "bearer, header, but found none"),
            bad(
                "unknown-authorization",
                4,
                "websocket-exporter.modules.m.authorization.digest: unknown key; known "
                    + "here are: basic, bearer, header"),
            bad(
                "unknown-key-in-basic",
                5,
                "websocket-exporter.modules.m.authorization.basic.user: unknown key; "
                    + "known here are: password, password-file, username"),
            bad(
                "username-with-colon",
                4,
                "websocket-exporter.modules.m.authorization.basic.username: expected a "
                    + "name without a colon and control characters, but found something else"),
            bad(
                "password-with-line-break",
                4,
                "websocket-exporter.modules.m.authorization.basic.password: expected at "
                    + "most 8192 bytes of text without control characters, but found something "
                    + "else"),
            bad(
                "password-twice",
                6,
                "websocket-exporter.modules.m.authorization.basic.password: expected "
                    + "either password or password-file, but found both"),
            bad(
                "no-password",
                4,
                "websocket-exporter.modules.m.authorization.basic: expected either "
                    + "password or password-file, but found neither"),
            bad(
                "missing-token-file",
                4,
                "websocket-exporter.modules.m.authorization.bearer.token-file: cannot"
                    + " read the file: no such file"),
            bad(
                "token-file-of-two-lines",
                4,
                "websocket-exporter.modules.m.authorization.bearer.token-file: expected "
                    + "the name of a file that holds 1 to 8192 bytes of text without control "
                    + "characters or outer spaces, but it holds something else"),
            bad(
                "token-with-outer-spaces",
                4,
                "websocket-exporter.modules.m.authorization.bearer.token: expected 1 to "
                    + "8192 bytes of text without control characters or outer spaces, but found"
                    + " something else"),
            bad(
                "authorization-header-of-the-handshake",
                4,
                "websocket-exporter.modules.m.authorization.header.name: expected another"
                    + " header, for the handshake decides on this one"),
            bad(
                "authorization-header-without-name",
                4,
                "websocket-exporter.modules.m.authorization.header.name: expected the"
                    + " name of a header, of letters, digits and dashes, but found something"
                    + " else"),
            bad(
                "subprotocol-twice",
                3,
                "websocket-exporter.modules.m.subprotocols: expected the name of a"
                    + " subprotocol such as graphql-transport-ws, which is not there already,"
                    + " but found something else"),
            bad(
                "subprotocol-with-space",
                3,
                "websocket-exporter.modules.m.subprotocols: expected the name of a"
                    + " subprotocol such as graphql-transport-ws, which is not there already,"
                    + " but found something else"),
            bad(
                "subprotocol-for-subprotocols",
                3,
                "websocket-exporter.modules.m.subprotocols: expected a list, each"
                    + " element the name of a subprotocol such as graphql-transport-ws, which"
                    + " is not there already, but found text"),
            bad(
                "expected-subprotocol-not-offered",
                4,
                "websocket-exporter.modules.m.expect-subprotocol: expected one of"
                    + " subprotocols, but found something else"),
            bad(
                "status-too-high",
                3,
                "websocket-exporter.modules.m.expect-status: expected a whole number from"
                    + " 101 to 599, but found 600"),
            bad(
                "interim-status",
                3,
                "websocket-exporter.modules.m.expect-status: expected 101 or a status of "
                    + "200 and above, but found 103, which ends no upgrade"),
            bad(
                "text-for-compression",
                3,
                "websocket-exporter.modules.m.compression: expected true or false, but "
                    + "found \"gzip\""),
            bad(
                "unknown-log-level",
                3,
                "websocket-exporter.log.level: expected one of error, warn, info, debug,"
                    + " but found \"INFO\""),
            bad(
                "bad-listen-address",
                5,
                "websocket-exporter.web.listen-addresses: expected an address such as \":9095\","
                    + " \"127.0.0.1:9095\" or \"[::1]:9095\", but found \"localhost:99999\""),
            bad(
                "no-listen-address",
                3,
                "websocket-exporter.web.listen-addresses: expected at least one address,"
                    + " but found none"),
            bad(
                "bad-name-server",
                3,
                "websocket-exporter.dns.servers: expected the address of a name server such as"
                    + " \"10.0.0.10:53\" or \"[fd00::10]:53\","
                    + " but found \"resolver.example:53\""),
            bad(
                "name-server-out-of-range",
                3,
                "websocket-exporter.dns.servers: expected the address of a name server such as"
                    + " \"10.0.0.10:53\" or \"[fd00::10]:53\","
                    + " but found \"300.1.1.1:53\""),
            bad(
                "max-ttl-too-short",
                2,
                "websocket-exporter.dns.max-ttl: expected a duration from 1ms to 24h such as 500ms,"
                    + " 10s or 1m, but found \"0s\""),
            bad(
                "min-ttl-above-default-max-ttl",
                3,
                "websocket-exporter.dns.min-ttl: expected a duration not longer than max-ttl,"
                    + " but found a longer one"),
            bad(
                "bad-path",
                3,
                "websocket-exporter.web.probe-path: expected a path such as /probe,"
                    + " not / itself, /config or /probes, and not below /-/,"
                    + " but found \"probe\""),
            bad(
                "same-paths",
                4,
                "websocket-exporter.web.probe-path: expected another path than that of"
                    + " telemetry-path, but found \"/same\""),
            bad(
                "telemetry-path-on-default-probe-path",
                3,
                "websocket-exporter.web.telemetry-path: expected another path than that of"
                    + " probe-path, but found \"/probe\""),
            bad(
                "telemetry-path-of-the-configuration",
                3,
                "websocket-exporter.web.telemetry-path: expected a path such as /probe,"
                    + " not / itself, /config or /probes, and not below /-/,"
                    + " but found something else"),
            bad(
                "unknown-default-module",
                7,
                "websocket-exporter.probe.default-module: expected the name of a module,"
                    + " one of brisk, patient, websocket_connect, websocket_continuous,"
                    + " websocket_ping, websocket_ping_burst, but found \"impatient\""),
            bad(
                "unknown-key-in-policy",
                4,
                "websocket-exporter.policy.block: unknown key; known here are: allow,"
                    + " credentials-need-allowed-hosts, deny"),
            bad(
                "unknown-key-in-allow",
                2,
                "websocket-exporter.policy.allow.addresses: unknown key;"
                    + " known here are: cidrs, hosts, ports, schemes"),
            bad(
                "unknown-key-in-module-policy",
                5,
                "websocket-exporter.modules.inside.policy.credentials-need-allowed-hosts:"
                    + " unknown key; known here are: allow, deny"),
            bad(
                "policy-not-a-block",
                3,
                "websocket-exporter.modules.inside.policy: expected a block { … }, but"
                    + " found text"),
            bad(
                "allow-not-a-block",
                2,
                "websocket-exporter.policy.allow: expected a block { … }, but found a list"),
            bad(
                "text-for-flag-in-policy",
                2,
                "websocket-exporter.policy.credentials-need-allowed-hosts: expected true or false,"
                    + " but found \"error\""),
            bad(
                "unknown-scheme",
                4,
                "websocket-exporter.policy.allow.schemes: expected ws or wss, but found \"https\""),
            bad(
                "url-for-host",
                2,
                "websocket-exporter.policy.allow.hosts:"
                    + " expected a host such as \"node.example.com\", \"*.example.com\" or"
                    + " \"192.0.2.7\", but found something else"),
            bad(
                "star-for-host",
                2,
                "websocket-exporter.policy.deny.hosts:"
                    + " expected a host such as \"node.example.com\", \"*.example.com\" or"
                    + " \"192.0.2.7\", but found \"*\""),
            bad(
                "network-for-host",
                2,
                "websocket-exporter.modules.inside.policy.allow.hosts:"
                    + " expected a host such as \"node.example.com\", \"*.example.com\" or"
                    + " \"192.0.2.7\", but found something else"),
            bad(
                "hexadecimal-host",
                2,
                "websocket-exporter.policy.deny.hosts:"
                    + " expected a host such as \"node.example.com\", \"*.example.com\" or"
                    + " \"192.0.2.7\", but found \"0x7f.1\""),
            bad(
                "port-beyond-the-last",
                2,
                "websocket-exporter.policy.allow.ports:"
                    + " expected a port from 1 to 65535, or a range such as \"8000-8099\","
                    + " but found 65536"),
            bad(
                "port-range-backwards",
                2,
                "websocket-exporter.policy.deny.ports:"
                    + " expected a port from 1 to 65535, or a range such as \"8000-8099\","
                    + " but found \"8099-8000\""),
            bad(
                "network-with-host-bits",
                2,
                "websocket-exporter.policy.deny.cidrs:"
                    + " expected a network such as \"10.0.0.0/8\" or \"fd00::/8\", all zeros behind"
                    + " its prefix, but found something else"),
            bad(
                "name-for-network",
                2,
                "websocket-exporter.policy.allow.cidrs:"
                    + " expected a network such as \"10.0.0.0/8\" or \"fd00::/8\", all zeros behind"
                    + " its prefix, but found \"example.com\""),
            bad(
                "unknown-key-in-target",
                4,
                "websocket-exporter.targets.node1.timeout: unknown key; known here are:"
                    + " authorization, headers, module, url"),
            bad(
                "target-not-a-block",
                2,
                "websocket-exporter.targets.node1: expected a block { … }, but found" + " text"),
            bad(
                "target-without-url",
                2,
                "websocket-exporter.targets.node1.url: expected a URL such as wss://host/path,"
                    + " but it has no value"),
            bad(
                "list-for-url",
                2,
                "websocket-exporter.targets.node1.url: expected a URL such as wss://host/path,"
                    + " but found something else"),
            bad(
                "bad-url",
                2,
                "websocket-exporter.targets.node1.url: The target's port must be a number"
                    + " from 1 to 65535."),
            bad(
                "target-of-unknown-module",
                4,
                "websocket-exporter.targets.node1.module: expected the name of a"
                    + " module, one of websocket_connect, websocket_continuous,"
                    + " websocket_ping, websocket_ping_burst, but found something else"),
            bad(
                "bad-target-name",
                2,
                "websocket-exporter.targets.…: expected a name of 1 to 100 letters,"
                    + " digits, underscores, dots and dashes, but found another"),
            bad(
                "targets-not-a-block",
                2,
                "websocket-exporter.targets: expected a block { … }, but found a list"),
            bad(
                "credentials-for-any-host",
                4,
                "websocket-exporter.modules.careless: its credentials go to whatever host a request"
                    + " names; policy.allow.hosts or policy.allow.cidrs says which may have them"),
            bad(
                "bad-module-name",
                3,
                "websocket-exporter.modules.…: expected a name of 1 to 100 letters,"
                    + " digits, underscores, dots and dashes, but found another"),
            bad(
                "messages-not-a-list",
                3,
                "websocket-exporter.modules.talkative.messages: expected a list of blocks [ { … } ],"
                    + " but found a block"),
            bad(
                "messages-step-not-a-block",
                4,
                "websocket-exporter.modules.talkative.messages: expected a list of"
                    + " blocks [ { … } ], but found text"),
            bad(
                "messages-too-many",
                3,
                "websocket-exporter.modules.talkative.messages: expected at most 32 steps, but found 33"),
            bad(
                "messages-unknown-key",
                5,
                "websocket-exporter.modules.talkative.messages[1].receive: unknown key;"
                    + " known here are: expect, expect-hex, extract, name, send, send-base64,"
                    + " skip-unmatched, timeout"),
            bad(
                "messages-empty-step",
                4,
                "websocket-exporter.modules.talkative.messages[1]: expected something to send or to expect,"
                    + " but found neither"),
            bad(
                "messages-two-sends",
                4,
                "websocket-exporter.modules.talkative.messages[0].send: expected either send or send-base64,"
                    + " but found both"),
            bad(
                "messages-two-expects",
                4,
                "websocket-exporter.modules.talkative.messages[0].expect: expected either expect or expect-hex,"
                    + " but found both"),
            bad(
                "messages-send-not-text",
                4,
                "websocket-exporter.modules.talkative.messages[0].send: expected a text of at most 65536 bytes,"
                    + " but found something else"),
            bad(
                "messages-send-too-long",
                3,
                "websocket-exporter.modules.talkative.messages[0].send: expected a text of at most 65536 bytes,"
                    + " but found something else"),
            bad(
                "messages-send-unknown-group",
                5,
                "websocket-exporter.modules.talkative.messages[1].send: expected ${NAME} for named groups of"
                    + " earlier steps only (one of id, sid), but found another; environment variables"
                    + " go outside of the quotes, and $${ is ${ itself"),
            bad(
                "messages-send-what-is-no-group",
                4,
                "websocket-exporter.modules.talkative.messages[1].send: expected ${NAME} for named"
                    + " groups of earlier steps only (one of session), but found another;"
                    + " environment variables go outside of the quotes, and $${ is ${ itself"),
            bad(
                "messages-send-without-groups",
                3,
                "websocket-exporter.modules.talkative.messages[0].send: expected ${NAME} for named groups of"
                    + " earlier steps only (there are none), but found another; environment variables"
                    + " go outside of the quotes, and $${ is ${ itself"),
            bad(
                "messages-send-not-base64",
                3,
                "websocket-exporter.modules.talkative.messages[0].send-base64: expected at most 65536 bytes in"
                    + " base64, but found something else"),
            bad(
                "messages-name-without-expect",
                5,
                "websocket-exporter.modules.talkative.messages[0].name: expected together with expect or"
                    + " expect-hex only"),
            bad(
                "messages-timeout-without-expect",
                5,
                "websocket-exporter.modules.talkative.messages[0].timeout: expected together with expect or"
                    + " expect-hex only"),
            bad(
                "messages-skip-unmatched-without-expect",
                5,
                "websocket-exporter.modules.talkative.messages[0].skip-unmatched: expected together with expect or"
                    + " expect-hex only"),
            bad(
                "messages-extract-without-expect",
                5,
                "websocket-exporter.modules.talkative.messages[0].extract: expected together with expect or"
                    + " expect-hex only"),
            bad(
                "messages-name-with-spaces",
                3,
                "websocket-exporter.modules.talkative.messages[0].name: expected a name of 1 to 100 letters,"
                    + " digits, underscores, dots and dashes, but found \"two words\""),
            bad(
                "messages-name-twice",
                4,
                "websocket-exporter.modules.talkative.messages[1].name: expected another name than that of an"
                    + " earlier step, but found \"greeting\""),
            bad(
                "messages-bad-regex",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect: expected a"
                    + " regular expression of RE2, but found something else: invalid or"
                    + " unsupported Perl syntax"),
            bad(
                "messages-bad-hex-regex",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect-hex: expected"
                    + " a regular expression of RE2, but found something else: missing closing"
                    + " )"),
            bad(
                "messages-expect-substitution",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect: expected a regular"
                    + " expression without ${NAME}: what a group found can only be sent, and"
                    + " environment variables go outside of the quotes"),
            bad(
                "messages-expect-hex-substitution",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect-hex: expected a regular"
                    + " expression without ${NAME}: what a group found can only be sent, and"
                    + " environment variables go outside of the quotes"),
            bad(
                "messages-look-around",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect: expected a"
                    + " regular expression of RE2, but found look-around, which RE2 has not"),
            bad(
                "messages-look-behind",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect: expected a"
                    + " regular expression of RE2, but found look-around, which RE2 has not"),
            bad(
                "messages-large-regex",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect: expected a regular expression of at"
                    + " most 300 instructions, but found 1002; x{100} counts as 100 x"),
            bad(
                "messages-nested-repeats",
                3,
                "websocket-exporter.modules.talkative.messages[0].expect: expected a regular expression of at"
                    + " most 300 instructions, but found far more; x{100} counts as 100 x"),
            bad(
                "messages-skip-unmatched-not-a-flag",
                3,
                "websocket-exporter.modules.talkative.messages[0].skip-unmatched: expected true or false,"
                    + " but found \"some\""),
            bad(
                "messages-timeout-too-short",
                3,
                "websocket-exporter.modules.talkative.messages[0].timeout: expected a duration from 1ms to 1h"
                    + " such as 500ms, 10s or 1m, but found \"0s\""),
            bad(
                "messages-extract-unknown-group",
                3,
                "websocket-exporter.modules.talkative.messages[0].extract: expected a named group of expect"
                    + " (one of age, height), but found \"depth\""),
            bad(
                "messages-extract-without-groups",
                3,
                "websocket-exporter.modules.talkative.messages[0].extract: expected a named group of expect-hex"
                    + " (there are none), but found \"code\""),
            bad(
                "messages-extract-twice",
                4,
                "websocket-exporter.modules.talkative.messages[1].extract: expected a group that is not extracted"
                    + " twice, but found \"height\""),
            bad(
                "unknown-key-in-sessions",
                3,
                "websocket-exporter.sessions.min: unknown key; known here are: lease, max, "
                    + "max-age"),
            bad(
                "unknown-key-in-lease",
                4,
                "websocket-exporter.sessions.lease.factor: unknown key; known here are: max, min"),
            bad(
                "no-sessions",
                3,
                "websocket-exporter.sessions.max: expected a whole number from 1 to "
                    + "1000000, but found 0"),
            bad(
                "lease-too-short",
                3,
                "websocket-exporter.sessions.lease.min: expected a duration from 1s to 1h "
                    + "such as 500ms, 10s or 1m, but found \"500ms\""),
            bad(
                "lease-too-long",
                3,
                "websocket-exporter.sessions.lease.max: expected a duration from 1s to 24h "
                    + "such as 500ms, 10s or 1m, but found \"25h\""),
            bad(
                "least-lease-above-default-longest",
                3,
                "websocket-exporter.sessions.lease.min: expected a min that is not longer "
                    + "than max, but found 11m and 10m"),
            bad(
                "longest-lease-below-default-least",
                3,
                "websocket-exporter.sessions.lease.max: expected a min that is not longer "
                    + "than max, but found 10s and 9s"),
            bad(
                "max-age-too-short",
                3,
                "websocket-exporter.sessions.max-age: expected a duration from 1m to 720h "
                    + "such as 500ms, 10s or 1m, but found \"59s\""),
            bad(
                "text-for-continuous",
                4,
                "websocket-exporter.modules.held.continuous: expected true or false, but "
                    + "found \"maybe\""),
            bad(
                "continuous-with-several-pings",
                5,
                "websocket-exporter.modules.held.ping.count: expected ping.count = 1 where "
                    + "continuous = true, but found 5"),
            bad(
                "continuous-with-inherited-pings",
                5,
                "websocket-exporter.modules.held.continuous: expected ping.count = 1 where "
                    + "continuous = true, but found 5"),
            bad(
                "continuous-without-pings",
                5,
                "websocket-exporter.modules.held.ping.count: expected ping.count = 1 where "
                    + "continuous = true, but found 0"),
            bad(
                "continuous-ping-interval-too-short",
                5,
                "websocket-exporter.modules.held.ping.interval: expected a ping.interval "
                    + "of at least 100ms where continuous = true, but found 99ms"),
            bad(
                "continuous-ping-timeout-too-long",
                5,
                "websocket-exporter.modules.held.ping.timeout: expected a ping.timeout of "
                    + "at most 1m where continuous = true, but found 1m1s"),
            bad(
                "continuous-that-is-to-be-refused",
                5,
                "websocket-exporter.modules.held.expect-status: expected expect-status = "
                    + "101 where continuous = true, but found 401"),
            bad(
                "heartbeat-without-continuous",
                4,
                "websocket-exporter.modules.held.heartbeat: expected continuous = true "
                    + "with it, but found false; null takes away an inherited one"),
            bad(
                "heartbeat-not-a-block",
                5,
                "websocket-exporter.modules.held.heartbeat: expected a block { … }, but "
                    + "found text"),
            bad(
                "heartbeat-without-expect",
                5,
                "websocket-exporter.modules.held.heartbeat: expected something to send and "
                    + "something to expect, but not both are there"),
            bad(
                "heartbeat-without-send",
                5,
                "websocket-exporter.modules.held.heartbeat: expected something to send and "
                    + "something to expect, but not both are there"),
            bad(
                "heartbeat-with-timeout",
                5,
                "websocket-exporter.modules.held.heartbeat.timeout: unknown key; known "
                    + "here are: expect, expect-hex, send, send-base64"),
            bad(
                "heartbeat-send-unknown-group",
                6,
                "websocket-exporter.modules.held.heartbeat.send: expected ${NAME} for "
                    + "named groups of earlier steps only (one of sid), but found another; "
                    + "environment variables go outside of the quotes, and $${ is ${ itself"),
            bad(
                "histogram-buckets-not-a-list",
                4,
                "websocket-exporter.modules.held.histogram-buckets: expected a list, each "
                    + "element a duration from 1us to 1h such as 500ms, 10s or 1m, but found text"),
            bad(
                "histogram-bucket-without-unit",
                4,
                "websocket-exporter.modules.held.histogram-buckets: expected a duration "
                    + "from 1us to 1h such as 500ms, 10s or 1m, but found 2"),
            bad(
                "no-histogram-buckets",
                4,
                "websocket-exporter.modules.held.histogram-buckets: expected 1 to 32 "
                    + "durations, each longer than the one before, but found others"),
            bad(
                "histogram-buckets-not-rising",
                4,
                "websocket-exporter.modules.held.histogram-buckets: expected 1 to 32 "
                    + "durations, each longer than the one before, but found others"),
            bad(
                "too-many-histogram-buckets",
                4,
                "websocket-exporter.modules.held.histogram-buckets: expected 1 to 32 "
                    + "durations, each longer than the one before, but found others"),
            bad(
                "syntax-error",
                5,
                "not valid HOCON; look for a quote, brace, bracket or comma that is missing or too many"),
            bad(
                "hash-without-quotes",
                3,
                "not valid HOCON: a text with a $ in it, such as a hash, must stand in quotes"),
            bad(
                "unresolved-substitution",
                3,
                "Could not resolve substitution to a value: ${WEBSOCKET_EXPORTER_TEST_UNSET}"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("BAD")
    void isRefusedWithItsPlaceAndWhatWasExpected(String fixture, int line, String message) {
      Path file = fixture("/bad-config/" + fixture + ".conf");

      assertThat(error(file, new Flags())).hasMessage("%s:%d: %s", file, line, message);
    }

    @Test
    void isRefusedWhereItDoesNotExist() {
      Path file = directory.resolve("none.conf");

      assertThat(error(file, new Flags())).hasMessage(file + ": no such file, or not readable");
    }

    @Test
    void isRefusedWhereItIsADirectory() {
      assertThat(error(directory, new Flags()))
          .hasMessage(directory + ": no such file, or not readable");
    }

    @Test
    void isRefusedWhereItIncludesAFileThatDoesNotExist() {
      assertThat(error(fixture("/bad-config/missing-include.conf"), new Flags()))
          .hasMessage("/nonexistent/more.conf: no such file, or not readable");
    }

    @Test
    void hasATestForEveryFixture() throws IOException {
      List<String> tested = BAD.stream().map(arguments -> arguments.get()[0] + ".conf").toList();
      try (Stream<Path> files = Files.list(Path.of("src/test/resources/bad-config"))) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .filteredOn(name -> !name.equals("missing-include.conf"))
            .containsExactlyInAnyOrderElementsOf(tested);
      }
    }
  }

  /** It goes into the log and into the answer of a reload. */
  @Test
  void whatIsSaidOfANameIsOneLineWhateverTheNameIs() throws IOException {
    Path file = file("include required(file(\"a\\nb\\u0085c.conf\"))");

    assertThat(error(file, new Flags()))
        .hasMessageContaining("a?b?c.conf: no such file, or not readable");
  }

  private ExporterConfig load(String hocon) throws IOException, InvalidConfigException {
    return ConfigLoader.load(file(hocon), new Flags());
  }

  private Path file(String hocon) throws IOException {
    return Files.writeString(directory.resolve("exporter.conf"), hocon);
  }

  private static InvalidConfigException error(@Nullable Path file, Flags flags) {
    return catchThrowableOfType(InvalidConfigException.class, () -> ConfigLoader.load(file, flags));
  }

  private static Arguments bad(String fixture, int line, String message) {
    return Arguments.of(fixture, line, message);
  }

  private static Path fixture(String resource) {
    URL url = requireNonNull(ConfigLoaderTest.class.getResource(resource), resource);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The modules of reference.conf, with what holds for modules that do not say otherwise. */
  private static Map<String, ProbeModule> builtIn(Duration timeout, Duration interval) {
    PingSettings burst =
        new PingSettings(5, Duration.ofMillis(200), null, 8, true, 0, Duration.ofMillis(1));
    PingSettings none = new PingSettings(0, interval, null, 8, true, 0, Duration.ofMillis(1));
    return with(
        Map.of(),
        pinging("websocket_ping", timeout, every(interval)),
        pinging("websocket_ping_burst", timeout, burst),
        pinging("websocket_connect", timeout, none),
        ProbeModule.builder("websocket_continuous", timeout)
            .policy(NO_CREDENTIALS_OF_CLOUDS)
            .ping(
                new PingSettings(
                    1, interval, Duration.ofSeconds(5), 8, true, 0, Duration.ofMillis(1)))
            .continuous(new ContinuousSettings(null, DEFAULT_BUCKETS))
            .build());
  }

  private static ProbeModule pinging(String name, Duration timeout, PingSettings ping) {
    return ProbeModule.builder(name, timeout).policy(NO_CREDENTIALS_OF_CLOUDS).ping(ping).build();
  }

  private static PingSettings every(Duration interval) {
    return new PingSettings(1, interval, null, 8, true, 0, Duration.ofMillis(1));
  }

  private static Map<String, ProbeModule> with(
      Map<String, ProbeModule> modules, ProbeModule... more) {
    Map<String, ProbeModule> all = new HashMap<>(modules);
    for (ProbeModule module : more) {
      all.put(module.name(), module);
    }
    return all;
  }

  private static ProbeModule module(
      String name, long timeout, AddressFamily family, boolean fallback) {
    return ProbeModule.builder(name, Duration.ofSeconds(timeout))
        .policy(NO_CREDENTIALS_OF_CLOUDS)
        .addresses(new AddressPreference(family, fallback))
        .build();
  }
}
