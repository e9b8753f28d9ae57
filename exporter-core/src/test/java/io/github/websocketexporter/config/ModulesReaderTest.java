package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.ContinuousSettings;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that are what others are, but for what they say themselves. */
class ModulesReaderTest {
  private static final PingSettings BURST =
      new PingSettings(5, Duration.ofMillis(200), null, 8, true, 0, Duration.ofMillis(1));

  @TempDir Path directory;

  @Test
  void isAsTheModuleThatItExtends() throws Exception {
    ProbeModule mine = mine("mine { extends = websocket_ping_burst }");

    assertThat(mine.name()).isEqualTo("mine");
    assertThat(mine.timeout()).hasSeconds(10);
    assertThat(mine.ping()).isEqualTo(BURST);
  }

  @Test
  void setsSingleKeysInsideOfABlock() throws Exception {
    ProbeModule mine =
        mine(
            "mine { extends = websocket_ping_burst, ping { timeout = 1s, max-loss-ratio = 0.2 } }");

    assertThat(mine.ping())
        .isEqualTo(
            new PingSettings(
                5,
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                8,
                true,
                0.2,
                Duration.ofMillis(1)));
  }

  @Test
  void inheritsAlongAChain() throws Exception {
    ProbeModule mine =
        mine(
            """
            first { timeout = 20s, ip-protocol = ip6, ping { count = 2, payload-bytes = 9 } }
            second { extends = first, timeout = 30s, ping { count = 3, interval = 1s } }
            mine { extends = second, ping { interval = 2s } }
            """);

    assertThat(mine.timeout()).hasSeconds(30);
    assertThat(mine.addresses().preferred()).isEqualTo(AddressFamily.IP6);
    assertThat(mine.ping())
        .isEqualTo(
            new PingSettings(3, Duration.ofSeconds(2), null, 9, true, 0, Duration.ofMillis(1)));
  }

  @Test
  void takesAwayAKeyWithNull() throws Exception {
    ProbeModule mine =
        mine(
            """
            patient { timeout = 30s, ping { count = 3, timeout = 5s } }
            mine { extends = patient, timeout = null, ping { count = 1, timeout = null } }
            """);

    assertThat(mine.timeout()).hasSeconds(10);
    assertThat(mine.ping()).isEqualTo(PingSettings.SINGLE);
  }

  @Test
  void takesAwayABlockWithNull() throws Exception {
    assertThat(mine("mine { extends = websocket_ping_burst, ping = null }").ping())
        .isEqualTo(PingSettings.SINGLE);
  }

  @Test
  void takesAwayAModuleWithNull() throws Exception {
    Path file = modules("websocket_continuous = null");

    assertThat(ConfigLoader.load(file, new Flags()).modules())
        .doesNotContainKey("websocket_continuous")
        .containsKey("websocket_ping");
  }

  @Test
  void extendsNothingWhereThatIsNull() throws Exception {
    assertThat(mine("mine { extends = null }").ping()).isEqualTo(PingSettings.SINGLE);
  }

  @Test
  void leavesTheModuleAloneThatItExtends() throws Exception {
    String hocon =
        """
        patient { timeout = 30s }
        mine { extends = patient, timeout = 40s, ping.count = 0 }
        """;

    ProbeModule patient = module("patient", hocon);
    assertThat(patient.timeout()).hasSeconds(30);
    assertThat(patient.ping()).isEqualTo(PingSettings.SINGLE);
  }

  @Test
  void changesABuiltInModuleForThoseThatExtendIt() throws Exception {
    ProbeModule mine =
        mine(
            """
            websocket_ping_burst.ping.count = 3
            mine { extends = websocket_ping_burst }
            """);

    assertThat(mine.ping().count()).isEqualTo(3);
    assertThat(mine.ping().interval()).hasMillis(200);
  }

  @Test
  void isNotRefusedForABuiltInModuleThatDoesNotFitIntoTheTimeoutOfAll() throws Exception {
    Path file = write("websocket-exporter.probe.timeout = 500ms");

    assertThat(ConfigLoader.load(file, new Flags()).modules())
        .extractingByKey("websocket_ping_burst")
        .extracting(ProbeModule::timeout, ProbeModule::ping)
        .containsExactly(Duration.ofMillis(500), BURST);
  }

  @Test
  void sendsItsLastPingBeforeTheTimeoutToTheMillisecond() throws Exception {
    assertThat(mine("mine { timeout = 801ms, ping { count = 5, interval = 200ms } }").ping())
        .isEqualTo(BURST);
  }

  @Test
  void holdsNoConnectionUnlessItSaysSo() throws Exception {
    assertThat(mine("mine {}").continuous()).isNull();
    assertThat(mine("mine { extends = websocket_continuous, continuous = false }").continuous())
        .isNull();
  }

  @Test
  void holdsAConnectionAsTheModuleThatItExtends() throws Exception {
    ProbeModule mine =
        mine("mine { extends = websocket_continuous, histogram-buckets = [100us, 1s] }");

    assertThat(mine.continuous())
        .isEqualTo(
            new ContinuousSettings(
                null, List.of(Duration.ofNanos(100_000), Duration.ofSeconds(1))));
    assertThat(mine.ping().timeout()).hasSeconds(5);
  }

  @Test
  void waitsForThePongsOfAConnectionThatIsHeldAsLongAsItMayTakeButForNoMoreThanAMinute()
      throws Exception {
    assertThat(mine("mine { continuous = true }").ping().timeout()).hasSeconds(10);
    assertThat(mine("mine { continuous = true, timeout = 2s }").ping().timeout()).hasSeconds(2);
    assertThat(mine("mine { continuous = true, timeout = 1h }").ping().timeout()).hasMinutes(1);
    assertThat(mine("mine { continuous = true, ping.timeout = 1m }").ping().timeout())
        .hasMinutes(1);
  }

  @Test
  void pingsAConnectionThatIsHeldTenTimesASecondAtMost() throws Exception {
    Path file =
        write(
            """
            websocket-exporter {
              probe.ping-interval = 99ms
              modules.mine { continuous = true, ping.interval = 100ms }
            }
            """);

    assertThat(ConfigLoader.load(file, new Flags()).modules())
        .extractingByKeys("websocket_ping", "websocket_continuous", "mine")
        .extracting(module -> module.ping().interval().toMillis())
        .containsExactly(99L, 100L, 100L);
  }

  @Test
  void isRefusedWhereItExtendsNoModule() throws Exception {
    assertRefused(
        2,
        "mine.extends: expected the name of another module, which does not extend this one,"
            + " but found \"yours\"",
        "mine { extends = yours }");
  }

  @Test
  void isRefusedWhereItExtendsItself() throws Exception {
    assertRefused(
        2,
        "mine.extends: expected the name of another module, which does not extend this one,"
            + " but found \"mine\"",
        "mine { extends = mine }");
  }

  @Test
  void isRefusedWhereModulesExtendEachOther() throws Exception {
    assertRefused(
        4,
        "c.extends: expected the name of another module, which does not extend this one,"
            + " but found \"a\"",
        """
        a { extends = b }
        b { extends = c }
        c { extends = a }
        """);
  }

  @Test
  void isRefusedWhereItExtendsAList() throws Exception {
    assertRefused(
        2,
        "mine.extends: expected the name of another module, which does not extend this one,"
            + " but found a list",
        "mine { extends = [websocket_ping, websocket_connect] }");
  }

  @Test
  void isRefusedForAKeyThatItInheritsAtThePlaceOfThat() throws Exception {
    assertRefused(
        3,
        "mine.ping.count: expected a whole number from 0 to 1000, but found -1",
        """
        mine { extends = wrong }
        wrong { ping { count = -1 } }
        """);
  }

  @Test
  void isRefusedForWhatItLacksAtItsOwnPlace() throws Exception {
    assertRefused(
        4,
        "mine.authorization: expected one of basic, bearer, header, but found basic and bearer;"
            + " null takes away an inherited one",
        """
        parent { authorization { bearer { token = a } }, tls {} }

        mine { extends = parent, authorization { basic { username = a, password = b } } }
        """);
    assertRefused(
        4,
        "mine.proxy.url: expected the URL of a proxy with its port,"
            + " such as http://proxy.example:3128, socks5://proxy.example:1080 or"
            + " socks5h://proxy.example:1080, but it has no value",
        """
        parent { proxy { no-proxy = [] } }

        mine { extends = parent, proxy { password = a } }
        """);
  }

  @Test
  void isRefusedForWhatItLacksAtThePlaceThatWinsOfSeveral() throws Exception {
    modules("mine { headers { A = b } }");
    Path over =
        Files.writeString(
            directory.resolve("over.conf"),
            """
            include "exporter.conf"
            websocket-exporter {
              policy.credentials-need-allowed-hosts = true
              modules.mine { timeout = 3s }
            }
            """);

    assertThatThrownBy(() -> ConfigLoader.load(over, new Flags()))
        .hasMessageStartingWith(over + ":4: websocket-exporter.modules.mine: its credentials ");
  }

  private ProbeModule mine(String hocon) throws Exception {
    return module("mine", hocon);
  }

  private ProbeModule module(String name, String hocon) throws Exception {
    return requireNonNull(ConfigLoader.load(modules(hocon), new Flags()).modules().get(name));
  }

  private void assertRefused(int line, String message, String hocon) throws IOException {
    Path file = modules(hocon);

    assertThatThrownBy(() -> ConfigLoader.load(file, new Flags()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("%s:%d: websocket-exporter.modules.%s", file, line, message);
  }

  /** The first line of {@code hocon} becomes the second one. */
  private Path modules(String hocon) throws IOException {
    return write("websocket-exporter.modules {\n" + hocon + "\n}");
  }

  private Path write(String hocon) throws IOException {
    return Files.writeString(directory.resolve("exporter.conf"), hocon);
  }
}
