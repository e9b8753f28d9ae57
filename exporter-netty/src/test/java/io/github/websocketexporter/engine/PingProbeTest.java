package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.transport.SendBuffers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ping, against servers that answer it in every way. */
class PingProbeTest extends EngineTest {
  private static final byte[] OTHER = "not yours".getBytes(UTF_8);
  private static final byte[] EMPTY = {};

  private final List<ScriptedServer> servers = new ArrayList<>();

  PingProbeTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @AfterEach
  void closeServers() {
    servers.forEach(ScriptedServer::close);
  }

  @Test
  void sendsAMaskedPingWithAPayloadOfItsOwn() throws Exception {
    LinkedBlockingQueue<Frame> pings = new LinkedBlockingQueue<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          Frame ping = peer.readFrame(Peer.PING);
          pings.add(ping);
          peer.sendFrame(Peer.PONG, ping.payload());
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING);
    }
    assertThat(pings)
        .hasSize(2)
        .allSatisfy(
            ping -> {
              assertThat(ping.fin()).isTrue();
              assertThat(ping.rsv()).isZero();
              assertThat(ping.masked()).isTrue();
              assertThat(ping.payload()).hasSize(Long.BYTES);
            });
    assertThat(pings.stream().map(ping -> ByteBuffer.wrap(ping.payload()).getLong()).distinct())
        .hasSize(2);
  }

  @Test
  void failsAtTheDeadlineWhenNoPongComes() throws Exception {
    assertThat(pinged(SHORT, (peer, ping) -> peer.awaitEnd()))
        .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING)
        .pongMissing(0)
        .tookAbout(SHORT);
  }

  @Test
  void failsAtTheDeadlineWhenOnlyThePongOfAnotherPingComes() throws Exception {
    PingScript script =
        (peer, ping) -> {
          peer.sendFrame(Peer.PONG, OTHER);
          peer.awaitEnd();
        };
    assertThat(pinged(SHORT, script))
        .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING)
        .pongMissing(1)
        .tookAbout(SHORT);
  }

  @Test
  void takesOnlyThePongWithItsPayload() throws Exception {
    PingScript script =
        (peer, ping) -> {
          byte[] almost = ping.payload().clone();
          almost[7] ^= 1;
          peer.sendFrame(Peer.PONG, almost);
          peer.sendFrame(Peer.PONG, EMPTY);
          peer.sendFrame(Peer.PONG, ByteBuffer.allocate(9).put(ping.payload()).array());
          peer.sendFrame(Peer.PONG, ping.payload());
          peer.readFrame(Peer.CLOSE);
        };
    assertThat(pinged(ProbeRunner.AMPLE, script))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pongCame(3);
  }

  @Test
  void takesFramesThatComeInOneSegmentWithThe101() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          byte[] head = Peer.switchingProtocols(peer.readRequestHead()).getBytes(ISO_8859_1);
          peer.send(
              concat(
                  head,
                  Peer.frame(Peer.PONG, OTHER),
                  Peer.frame(Peer.TEXT, OTHER),
                  Peer.frame(Peer.PING, OTHER)));
          Frame ping = peer.readFrame(Peer.PING);
          assertThat(peer.readFrame(Peer.PONG).payload()).isEqualTo(OTHER);
          peer.sendFrame(Peer.PONG, ping.payload());
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING).pongCame(1);
    }
  }

  @Test
  void takesAPongThatComesByteByByte() throws Exception {
    PingScript script =
        (peer, ping) -> {
          for (byte each : Peer.frame(Peer.PONG, ping.payload())) {
            peer.send(new byte[] {each});
          }
          peer.readFrame(Peer.CLOSE);
        };
    assertThat(pinged(ProbeRunner.AMPLE, script))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pongCame(0);
  }

  @Test
  void answersThePingsOfTheServer() throws Exception {
    PingScript script =
        (peer, ping) -> {
          for (byte[] payload : new byte[][] {OTHER, EMPTY, new byte[125]}) {
            peer.sendFrame(Peer.PING, payload);
            Frame pong = peer.readFrame(Peer.PONG);
            assertThat(pong.masked()).isTrue();
            assertThat(pong.payload()).isEqualTo(payload);
          }
          peer.sendFrame(Peer.PONG, ping.payload());
          peer.readFrame(Peer.CLOSE);
        };
    assertThat(pinged(ProbeRunner.AMPLE, script))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pongCame(0);
  }

  @Test
  void ignoresDataBeforeThePong() throws Exception {
    PingScript script =
        (peer, ping) -> {
          peer.sendFrame(Peer.TEXT, OTHER);
          peer.sendFrame(Peer.BINARY, new byte[10_000]);
          peer.send(Peer.frame(false, 0, Peer.TEXT, OTHER));
          peer.send(Peer.frame(false, 0, 0, OTHER));
          peer.send(Peer.frame(true, 0, 0, OTHER));
          peer.sendFrame(Peer.PONG, ping.payload());
          peer.readFrame(Peer.CLOSE);
        };
    assertThat(pinged(ProbeRunner.AMPLE, script))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pongCame(0);
  }

  @Test
  void takesAPongBetweenTheFragmentsOfAMessage() throws Exception {
    PingScript script =
        (peer, ping) -> {
          peer.send(
              concat(
                  Peer.frame(false, 0, Peer.BINARY, OTHER),
                  Peer.frame(Peer.PONG, ping.payload()),
                  Peer.frame(true, 0, 0, OTHER)));
          peer.readFrame(Peer.CLOSE);
        };
    assertThat(pinged(ProbeRunner.AMPLE, script))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pongCame(0);
  }

  @Test
  void ignoresADataFrameOfTheLargestSizeThatItReads() throws Exception {
    PingScript script =
        (peer, ping) -> {
          peer.send(
              ByteBuffer.allocate(10 + 65_536)
                  .put((byte) 0x82)
                  .put((byte) 127)
                  .putLong(65_536)
                  .array());
          peer.sendFrame(Peer.PONG, ping.payload());
          peer.readFrame(Peer.CLOSE);
        };
    assertThat(pinged(ProbeRunner.AMPLE, script))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pongCame(0);
  }

  @Test
  void failsAtTheDeadlineWhenDataComesWithoutEnd() throws Exception {
    AtomicBoolean answered = new AtomicBoolean();
    PingScript script =
        (peer, ping) -> {
          byte[] flood =
              concat(Peer.frame(Peer.BINARY, new byte[30_000]), Peer.frame(Peer.TEXT, OTHER));
          while (!answered.get()) {
            peer.send(flood);
          }
        };
    ProbeResult result = pinged(SHORT, script);
    answered.set(true);
    assertThat(result)
        .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING)
        .pongMissing(0)
        .tookAbout(SHORT);
  }

  @Test
  void holdsOnlySoManyPongsForAServerThatTakesNone() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicBoolean clogged = new AtomicBoolean();
    AtomicLong mostPending = new AtomicLong();
    PingScript script =
        (peer, ping) -> {
          Channel channel = theChannel();
          SendBuffers.set(channel, 4_096);
          flood(
              peer,
              () -> {
                mostPending.accumulateAndGet(pendingBytes(channel), Math::max);
                return over.get();
              });
        };
    Consumer<ProbeResult> onLoop =
        result -> {
          clogged.set(!theChannel().isWritable());
          over.set(true);
        };

    assertThat(pingedNarrowly(Duration.ofSeconds(1), script, onLoop))
        .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING)
        .pongMissing(0)
        .tookAbout(Duration.ofSeconds(1));
    assertThat(clogged).isTrue();
    // The PONG that passes the high water mark is the last.
    assertThat(mostPending)
        .hasValueBetween(
            WriteBufferWaterMark.DEFAULT.low(), WriteBufferWaterMark.DEFAULT.high() + 1_000);
  }

  @Test
  void takesThePongOfAServerThatTakesNone() throws Exception {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    PingScript script =
        (peer, ping) -> {
          Channel channel = theChannel();
          SendBuffers.set(channel, 4_096);
          flood(peer, () -> !channel.isWritable());
          peer.sendFrame(Peer.PONG, ping.payload());
          await(over);
        };

    assertThat(pingedNarrowly(ProbeRunner.AMPLE, script, result -> over.complete(true)))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pongCame(0);
  }

  @Test
  void failsWhenTheServerClosesTheConnection() throws Exception {
    assertThat(pinged(ProbeRunner.AMPLE, (peer, ping) -> {}))
        .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE, PING)
        .pongMissing(0);
  }

  @Test
  void failsWhenTheServerClosesTheConnectionWithinAFrame() throws Exception {
    PingScript script =
        (peer, ping) -> {
          byte[] pong = Peer.frame(Peer.PONG, ping.payload());
          peer.send(Arrays.copyOf(pong, pong.length - 1));
        };
    assertThat(pinged(ProbeRunner.AMPLE, script))
        .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE, PING)
        .pongMissing(0);
  }

  @Test
  void failsWhenTheServerResetsTheConnection() throws Exception {
    assertThat(pinged(ProbeRunner.AMPLE, (peer, ping) -> peer.reset()))
        .failedWith(FailureReason.CONNECTION_RESET, CONNECT, UPGRADE, PING)
        .pongMissing(0);
  }

  /** What is done to a connection whose PING has come. */
  @FunctionalInterface
  private interface PingScript {
    void serve(Peer peer, Frame ping) throws Exception;
  }

  private ProbeResult pinged(Duration limit, PingScript script) throws Exception {
    ScriptedServer.Script whole =
        peer -> {
          peer.acceptUpgrade();
          script.serve(peer, peer.readFrame(Peer.PING));
        };
    ScriptedServer server = ScriptedServer.start(whole);
    servers.add(server);
    ProbeResult result = runner.probe(server.ws("/"), limit);
    assertThat(result).hasAddress("127.0.0.1");
    return result;
  }

  /** Like {@link #pinged}, by a server whose socket takes little before it is read from. */
  private ProbeResult pingedNarrowly(
      Duration limit, PingScript script, Consumer<ProbeResult> onLoop) throws Exception {
    ServerSocket listener = new ServerSocket();
    listener.setReceiveBufferSize(4_096);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ScriptedServer.Script whole =
        peer -> {
          peer.acceptUpgrade();
          script.serve(peer, peer.readFrame(Peer.PING));
        };
    ScriptedServer server = ScriptedServer.start(listener, whole);
    servers.add(server);
    ProbeRequest request = ProbeRunner.request(server.ws("/"), limit, ProbeRunner.PREFER_IP4);
    return runner.start(request, onLoop).result();
  }

  /** Makes the kernel take little of what the probe sends, so that it fills up soon. */
  private static long pendingBytes(Channel channel) {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    return outbound == null ? 0 : outbound.totalPendingWriteBytes();
  }

  private Channel theChannel() {
    List<Channel> open = runner.openChannels();
    assertThat(open).hasSize(1);
    return open.get(0);
  }

  /** Sends PINGs and reads nothing. */
  private static void flood(Peer peer, BooleanSupplier enough) throws IOException {
    ByteBuffer pings = ByteBuffer.allocate(100 * 127);
    while (pings.hasRemaining()) {
      pings.put(Peer.frame(Peer.PING, new byte[125]));
    }
    while (!enough.getAsBoolean()) {
      peer.send(pings.array());
    }
  }

  private static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
