package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.NoProxy;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.ProxySettings;
import io.github.websocketexporter.module.ProxySettings.Credentials;
import io.github.websocketexporter.module.ProxySettings.Protocol;
import io.github.websocketexporter.module.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyReaderTest {
  @TempDir Path directory;

  @Test
  void readsNoProxyWhereThereIsNone() throws Exception {
    assertThat(module("").proxy()).isNull();
    assertThat(module("proxy = null").proxy()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://proxy.example:3128, HTTP",
    "http://proxy.example:3128/, HTTP",
    "socks5://proxy.example:3128, SOCKS5",
    "socks5h://proxy.example:3128, SOCKS5H"
  })
  void readsAUrl(String url, Protocol protocol) throws Exception {
    assertThat(module("proxy.url = \"" + url + "\"").proxy())
        .isEqualTo(
            new ProxySettings(
                protocol,
                InetSocketAddress.createUnresolved("proxy.example", 3128),
                null,
                NoProxy.NOTHING));
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1, 192.0.2.1", "[2001:db8::1], 2001:db8::1"})
  void readsAnAddressAsOne(String host, String address) throws Exception {
    assertThat(module("proxy.url = \"socks5://" + host + ":1080\"").proxy())
        .extracting(ProxySettings::address)
        .isEqualTo(new InetSocketAddress(InetAddress.getByName(address), 1080));
  }

  @Test
  void readsCredentialsAndTheHostsWithout() throws Exception {
    assertThat(
            module(
                    """
                    proxy {
                      url = "http://proxy.example:3128"
                      username = scraper
                      password = s3cret
                      no-proxy = [".internal", "10.0.0.0/8"]
                    }
                    """)
                .proxy())
        .isEqualTo(
            new ProxySettings(
                Protocol.HTTP,
                InetSocketAddress.createUnresolved("proxy.example", 3128),
                new Credentials(Secret.of("scraper"), Secret.of("s3cret")),
                NoProxy.of(List.of(".internal", "10.0.0.0/8"))));
  }

  @Test
  void readsThePasswordFromAFileBesideTheConfiguration() throws Exception {
    Files.writeString(directory.resolve("password.txt"), "s3cret\n");

    assertThat(
            module(
                    """
                    proxy {
                      url = "socks5h://proxy.example:1080"
                      username = "a:b"
                      password-file = password.txt
                    }
                    """)
                .proxy())
        .extracting(ProxySettings::credentials)
        .isEqualTo(new Credentials(Secret.of("a:b"), Secret.of("s3cret")));
  }

  @Test
  void letsAModuleGoWithoutTheProxyOfTheOneThatItExtends() throws Exception {
    String modules =
        """
        websocket-exporter.modules {
          proxied { proxy.url = "http://proxy.example:3128" }
          heir { extends = proxied }
          direct { extends = proxied, proxy = null }
        }
        """;
    ExporterConfig config = load(modules);

    assertThat(module(config, "heir").proxy())
        .isEqualTo(module(config, "proxied").proxy())
        .isNotNull();
    assertThat(module(config, "direct").proxy()).isNull();
  }

  @Test
  void showsNoCredentials() throws Exception {
    String settings =
        "proxy { url = \"http://proxy.example:3128\", username = scraper, password = s3cret }";

    assertThat(module(settings).toString())
        .contains("proxy.example")
        .doesNotContain("scraper", "s3cret");
  }

  private ProbeModule module(String settings) throws IOException, InvalidConfigException {
    return module(load("websocket-exporter.modules.test {\n" + settings + "\n}"), "test");
  }

  private static ProbeModule module(ExporterConfig config, String name) {
    return requireNonNull(config.modules().get(name), name);
  }

  private ExporterConfig load(String hocon) throws IOException, InvalidConfigException {
    Path file = Files.writeString(directory.resolve("exporter.conf"), hocon);
    return ConfigLoader.load(file, new ConfigLoader.Flags());
  }
}
