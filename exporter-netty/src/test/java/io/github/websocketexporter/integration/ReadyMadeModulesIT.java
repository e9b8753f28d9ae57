package io.github.websocketexporter.integration;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The modules of {@code config/}, each against the library that most use for its protocol. */
class ReadyMadeModulesIT {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", ".")).resolve("../config").normalize();

  @Test
  void jsonRpcHasTheHeightOfTheChain() throws Exception {
    Answer answer = probe("json-rpc", "json-rpc.conf", "json_rpc_block_height", "/");

    assertSucceeded(answer, "eth_blockNumber");
    assertThat(answer.sample("probe_websocket_extracted_value{name=\"height\"}"))
        .isEqualTo(0x1406f40);
  }

  @Test
  void graphqlAnswersThePingOfItsProtocol() throws Exception {
    Answer answer = probe("graphql", "graphql.conf", "graphql_transport_ws", "/");

    assertSucceeded(answer, "connection_init", "ping");
    assertThat(answer.samples().keySet())
        .anyMatch(sample -> sample.contains("subprotocol=\"graphql-transport-ws\""));
  }

  @Test
  void aConnectionToGraphqlIsHeldByThePingOfItsProtocol() throws Exception {
    Answer answer = probe("graphql", "continuous.conf", "graphql_held", "/");

    assertSucceeded(answer);
    assertThat(answer.samples())
        .containsEntry("probe_websocket_connects_total", 1.0)
        .containsEntry("probe_websocket_pongs_total", 1.0);
  }

  @Test
  void jsonRpcIsAskedForTheHeightInPlaceOfPings() throws Exception {
    Answer answer = probe("json-rpc", "continuous.conf", "json_rpc_held", "/");

    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.samples()).containsEntry("probe_websocket_pongs_total", 1.0);
  }

  @Test
  void socketIoConnectsToTheMainNamespace() throws Exception {
    String path = "/socket.io/?EIO=4&transport=websocket";
    Answer answer = probe("socket.io", "socket-io.conf", "socket_io", path);

    assertSucceeded(answer, "open", "connect");
  }

  @Test
  void engineIoSendsItsHeartbeat() throws Exception {
    String path = "/socket.io/?EIO=4&transport=websocket";
    Answer answer = probe("socket.io", "socket-io.conf", "engine_io_ping", path);

    assertSucceeded(answer, "open", "ping");
    // The server's pingInterval begins once it has read the request.
    assertThat(answer.sample("probe_duration_seconds")).isGreaterThan(0.3);
  }

  @Test
  void stompConnects() throws Exception {
    Answer answer = probe("stomp", "stomp.conf", "stomp_connect", "/");

    assertSucceeded(answer, "connect");
  }

  @Test
  void mqttConnectsAndAnswersThePingOfItsProtocol() throws Exception {
    Answer answer = probe("mqtt", "mqtt.conf", "mqtt_connect", "/");

    assertSucceeded(answer, "connect", "ping");
  }

  @Test
  void aServerOfAnotherProtocolIsAMismatch() throws Exception {
    Answer answer = probe("json-rpc", "stomp.conf", "stomp_connect", "/");

    assertThat(answer.failure()).isEqualTo("messages/message_mismatch");
    assertThat(answer.samples())
        .containsEntry("probe_success", 0.0)
        .containsEntry("probe_websocket_up", 1.0)
        .containsEntry("probe_websocket_failed_due_to_regex", 1.0);
  }

  private static Answer probe(String protocol, String file, String module, String path)
      throws Exception {
    try (PeerProcess peer = PeerProcess.startProtocol(protocol);
        ExporterProcess exporter = ExporterProcess.start("--config.file=" + FOLDER.resolve(file))) {
      String target = "ws://127.0.0.1:" + peer.port() + path;
      return exporter.get("/probe?module=" + module + "&target=" + percentEncoded(target));
    }
  }

  /** Exactly these steps were timed, and the PING behind them was answered. */
  private static void assertSucceeded(Answer answer, String... steps) {
    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.samples())
        .containsEntry("probe_success", 1.0)
        .containsEntry("probe_websocket_failed_due_to_regex", 0.0)
        .containsEntry("probe_websocket_ping_pong_success", 1.0);
    assertThat(answer.phases()).contains("messages", "ping");
    Set<String> timed =
        answer.samples().keySet().stream()
            .filter(sample -> sample.startsWith("probe_websocket_message_duration_seconds"))
            .map(sample -> sample.split("\"", 3)[1])
            .collect(Collectors.toSet());
    assertThat(timed).containsExactlyInAnyOrder(steps);
  }
}
