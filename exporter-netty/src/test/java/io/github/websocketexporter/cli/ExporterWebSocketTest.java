package io.github.websocketexporter.cli;

import static io.github.websocketexporter.testing.Peer.BINARY;
import static io.github.websocketexporter.testing.Peer.CLOSE;
import static io.github.websocketexporter.testing.Peer.PING;
import static io.github.websocketexporter.testing.Peer.PONG;
import static io.github.websocketexporter.testing.Peer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exporter's own WebSocket (RFC 6455). */
@Timeout(30)
class ExporterWebSocketTest {
  private static final int FIN = 0x80;

  private static final String MASKED_PING = "\u0089\u0080\0\0\0\0";
  private static final String UNMASKED_PING = "\u0089\0";

  private RunningExporter exporter;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    exporter = RunningExporter.with();
    client = exporter.connect();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    exporter.close();
  }

  private void upgrade() throws Exception {
    RawClient.Answer answer = client.upgrade().read();
    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assertThat(answer.header("sec-websocket-extensions")).isNull();
    assertThat(answer.header("sec-websocket-protocol")).isNull();
  }

  @Test
  void aRequestWithoutAnUpgradeIsA426ThatSaysWhatToAskFor() throws Exception {
    RawClient.Answer answer = client.sendGet("/-/websocket").read();

    assertThat(answer.status()).isEqualTo(426);
    assertThat(answer.header("upgrade")).isEqualTo("websocket");
    assertThat(answer.header("connection")).isEqualTo("upgrade");
    assertThat(answer.header("sec-websocket-version")).isEqualTo("13");
    assertThat(answer.body())
        .isEqualTo("This is a WebSocket: ask for an upgrade with Sec-WebSocket-Version 13.\n");
    assertThat(client.sendGet("/-/healthy").read().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"})
  void anUpgradeThatLacksAHeaderIsA426(String missing) throws Exception {
    String request =
        RawClient.get(
                "/-/websocket",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
            .replaceAll("(?m)^" + missing + ": [^\r]*\r\n", "");

    assertThat(client.send(request).read().status()).isEqualTo(426);
    assertThat(client.sendGet("/-/healthy").read().status()).isEqualTo(200);
  }

  @Test
  void anUpgradeThatNamesAnotherProtocolTooIsA400AndLeavesTheConnectionUsable() throws Exception {
    String request =
        RawClient.get(
            "/-/websocket",
            "Connection: Upgrade",
            "Upgrade: h2c, websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

    RawClient.Answer answer = client.send(request).read();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo("The upgrade request is not valid.\n");
    assertThat(client.sendGet("/-/healthy").read().status()).isEqualTo(200);
  }

  @Test
  void itAnswersEachPingWithAPongOfTheSamePayload() throws Exception {
    upgrade();
    for (String payload : new String[] {"", "x", "y".repeat(125)}) {
      RawClient.Frame pong =
          client.sendFrame(PING, payload.getBytes(StandardCharsets.US_ASCII)).readFrame();

      assertThat(pong).isEqualTo(new RawClient.Frame(FIN | PONG, payload));
    }
  }

  @Test
  void anUnsolicitedPongIsIgnored() throws Exception {
    upgrade();
    client.sendFrame(PONG, new byte[] {1}).sendFrame(PING, new byte[] {2});

    assertThat(client.readFrame()).isEqualTo(new RawClient.Frame(FIN | PONG, "\u0002"));
  }

  @ParameterizedTest
  @ValueSource(ints = {TEXT, BINARY})
  void itTakesNoData(int opcode) throws Exception {
    upgrade();
    RawClient.Frame close = client.sendFrame(opcode, new byte[] {'a'}).readFrame();

    assertThat(close.head()).isEqualTo(FIN | CLOSE);
    assertThat(close.closeCode()).isEqualTo(1003);
    assertThat(client.closedSilently()).isTrue();
  }

  @Test
  void aCloseIsEchoedAndEndsTheConnection() throws Exception {
    upgrade();
    RawClient.Frame close = client.sendFrame(CLOSE, new byte[] {0x0f, (byte) 0xa0}).readFrame();

    assertThat(close.head()).isEqualTo(FIN | CLOSE);
    assertThat(close.closeCode()).isEqualTo(4000);
    assertThat(client.closedSilently()).isTrue();
  }

  @Test
  void anEmptyCloseIsEchoedEmpty() throws Exception {
    upgrade();

    assertThat(client.sendFrame(CLOSE, new byte[0]).readFrame())
        .isEqualTo(new RawClient.Frame(FIN | CLOSE, ""));
    assertThat(client.closedSilently()).isTrue();
  }

  @Test
  void aFrameThatIsTooLargeIsClosedWithA1009() throws Exception {
    upgrade();
    // Binary, masked, 126: the length follows in two bytes, of which the payload never comes.
    client.send(new byte[] {(byte) 0x82, (byte) 0xfe, 0x40, 0, 0, 0, 0, 0});

    assertThat(client.readFrame().closeCode()).isEqualTo(1009);
    assertThat(client.closedSilently()).isTrue();
  }

  @Test
  void anUnmaskedFrameIsAProtocolError() throws Exception {
    upgrade();
    client.send(new byte[] {(byte) 0x89, 0});

    assertThat(client.readFrame().closeCode()).isEqualTo(1002);
    assertThat(client.closedSilently()).isTrue();
  }

  @Test
  void anUpgradeThatWasPipelinedBehindARequestIsAnsweredInItsTurn() throws Exception {
    client.sendGet("/-/healthy").upgrade();

    assertThat(client.read().body()).isEqualTo("Healthy.\n");
    assertThat(client.read().status()).isEqualTo(101);
    assertThat(client.sendFrame(PING, new byte[] {3}).readFrame().head()).isEqualTo(FIN | PONG);
  }

  @Test
  void anUpgradeBehindASlowerRequestIsReadFromAfterwards() throws Exception {
    client.sendGet("/metrics").upgrade();

    assertThat(client.read().status()).isEqualTo(200);
    assertThat(client.read().status()).isEqualTo(101);
    assertThat(client.sendFrame(PING, new byte[] {3}).readFrame().head()).isEqualTo(FIN | PONG);
  }

  @Test
  void oneFromWhichNothingComesIsClosed() throws Exception {
    try (RunningExporter impatient = RunningExporter.with("web.idle-timeout=200ms");
        RawClient idle = impatient.connect()) {
      assertThat(idle.upgrade().read().status()).isEqualTo(101);

      assertThat(idle.readFrame().closeCode()).isEqualTo(1000);
      assertThat(idle.closedSilently()).isTrue();
    }
  }

  /** All in one read: what came along with the upgrade is no reason to wait for ever. */
  @Test
  void oneThatWasPipelinedTogetherWithAFrameIsClosedWhenNothingMoreComes() throws Exception {
    try (RunningExporter impatient = RunningExporter.with("web.idle-timeout=200ms");
        RawClient idle = impatient.connect()) {
      idle.send(RawClient.get("/-/healthy") + RawClient.UPGRADE + MASKED_PING);

      assertThat(idle.read().body()).isEqualTo("Healthy.\n");
      assertThat(idle.read().status()).isEqualTo(101);
      assertThat(idle.readFrame().head()).isEqualTo(FIN | PONG);
      assertThat(idle.readFrame().closeCode()).isEqualTo(1000);
      assertThat(idle.closedSilently()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aProtocolErrorThatComesTogetherWithTheUpgradeIsAnsweredBehindIt(boolean pipelined)
      throws Exception {
    client.send((pipelined ? RawClient.get("/-/healthy") : "") + RawClient.UPGRADE + UNMASKED_PING);

    if (pipelined) {
      assertThat(client.read().body()).isEqualTo("Healthy.\n");
    }
    assertThat(client.read().status()).isEqualTo(101);
    assertThat(client.readFrame().closeCode()).isEqualTo(1002);
    assertThat(client.closedSilently()).isTrue();
  }

  @Test
  void itIsOneOfTheConnectionsUntilItEnds() throws Exception {
    upgrade();
    assertThat(exporter.metric("websocket_exporter_http_connections")).isEqualTo(2);

    client.close();

    await()
        .untilAsserted(
            () -> assertThat(exporter.metric("websocket_exporter_http_connections")).isEqualTo(1));
  }
}
