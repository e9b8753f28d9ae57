package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The modules of {@code config/} that need nothing to be filled in. */
class ReadyMadeModulesTest {
  private static final Path FOLDER = Path.of("../config");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "json-rpc.conf, json_rpc_block_height",
    "graphql.conf, graphql_transport_ws",
    "socket-io.conf, socket_io",
    "socket-io.conf, engine_io_ping",
    "stomp.conf, stomp_connect",
    "mqtt.conf, mqtt_connect"
  })
  void haveMessages(String file, String module) throws Exception {
    assertThat(ConfigLoader.load(FOLDER.resolve(file), new Flags()).modules())
        .extractingByKey(module)
        .satisfies(read -> assertThat(read.messages()).isNotEmpty());
  }

  @Test
  void canBeTakenIntoAFileOfTheUsersOwn() throws Exception {
    Path own =
        Files.writeString(
            directory.resolve("own.conf"),
            """
            include file("%s")
            websocket-exporter.modules.height {
              extends = json_rpc_block_height
              timeout = 5s
            }
            """
                .formatted(FOLDER.resolve("json-rpc.conf").toRealPath()));

    assertThat(ConfigLoader.load(own, new Flags()).modules())
        .extractingByKey("height")
        .satisfies(read -> assertThat(read.messages()).hasSize(1));
  }
}
