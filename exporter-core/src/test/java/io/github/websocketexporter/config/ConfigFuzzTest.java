package io.github.websocketexporter.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.typesafe.config.ConfigFactory;
import io.github.websocketexporter.config.ConfigLoader.Flags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * What no file may make of the configuration: fuzzed by exporter-netty/fuzz, else run on what that
 * kept. Behind each input stands a line with a secret, which the input may leave what it is, or
 * make a part of something else.
 */
class ConfigFuzzTest {
  private static final String SECRET = "c4n4ryc4n4ry";
  private static final String BEHIND =
      "\nwebsocket-exporter.modules.mine.authorization.bearer.token = \"" + SECRET + "\"\n";

  private static Path directory = Path.of("");

  @BeforeAll
  static void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("fuzz");
  }

  @AfterAll
  static void deleteDirectory() throws IOException {
    Files.deleteIfExists(directory.resolve("exporter.conf"));
    Files.delete(directory);
  }

  @FuzzTest
  @DictionaryEntries({
    "websocket-exporter",
    "web",
    "listen-addresses",
    "probe",
    "timeout",
    "modules",
    "extends",
    "targets",
    "url",
    "policy",
    "deny",
    "cidrs",
    "hosts",
    "ping",
    "count",
    "interval",
    "messages",
    "send",
    "expect",
    "tls",
    "server-name",
    "proxy",
    "authorization",
    "bearer",
    "token",
    "headers",
    "histogram-buckets",
    "continuous",
    "heartbeat",
    "basic-auth-users",
    "origin",
    "subprotocols",
    "\"\"\"",
    "${",
    "${?",
    "+=",
    "include ",
    "= null",
    "[",
    "{",
    "10s",
    "1e400",
    "\\u0000"
  })
  void aFileIsAConfigurationOrRefusedInOneLineAndItsSecretsStayInIt(byte[] bytes)
      throws IOException {
    String text = new String(bytes, UTF_8);
    if (text.contains("c4n4ry") || text.contains("token")) {
      return; // What the input itself has is no secret, and it may refer to the one behind it.
    }
    Path file = Files.writeString(directory.resolve("exporter.conf"), text + BEHIND);
    try {
      assertKeepsItsSecret(ConfigLoader.parse(file, new Flags()).read());
    } catch (InvalidConfigException e) {
      String message = String.valueOf(e.getMessage());
      assertThat(message).doesNotContain(SECRET);
      assertThat(message.chars()).as(message).noneMatch(Character::isISOControl);
    }
  }

  private static void assertKeepsItsSecret(LoadedConfig loaded) {
    assertThat(loaded.config().toString()).doesNotContain(SECRET);
    assertThat(loaded.text().toString()).doesNotContain(SECRET);
    assertThat(ConfigFactory.parseString(loaded.text().toString()).root()).isNotEmpty();
    assertThat(loaded.warnings())
        .allSatisfy(
            warning -> {
              assertThat(warning).doesNotContain(SECRET);
              assertThat(warning.chars()).noneMatch(Character::isISOControl);
            });
    loaded.config().modules().keySet().forEach(loaded.text()::module);
    assertThat(loaded.needingRestart(loaded)).isEmpty();
  }
}
