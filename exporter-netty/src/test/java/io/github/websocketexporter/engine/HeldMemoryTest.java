package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.engine.TlsPeer.TlsScript;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import io.github.websocketexporter.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a probe holds of a server's bytes whenever its event loop turns to others: never more than
 * the largest frame and a read of the socket, and with TLS a record.
 */
class HeldMemoryTest extends ConnectionKindTest {
  private static final int FRAME = 65_536;
  private static final int READ = 16_384;

  /** Netty's decoders keep what they decoded for 16 reads, in a buffer that grows by doubling. */
  private static final Duration LIMIT = Duration.ofMillis(500);

  private static final Duration LONGER = Duration.ofSeconds(2);

  private final Held held = new Held();

  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  /** The first handler of the one probe of a test: all memory of that is taken from here. */
  private static final class Held extends ChannelInboundHandlerAdapter {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final AtomicLong most = new AtomicLong();
    private final AtomicLong received = new AtomicLong();

    long now() {
      return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      received.addAndGet(((ByteBuf) message).readableBytes());
      context.fireChannelRead(message);
    }

    /** All handlers have had their turn, and the loop turns to another channel. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.fireChannelReadComplete();
      most.accumulateAndGet(now(), Math::max);
    }
  }

  @BeforeEach
  void openRunner() throws Exception {
    Transport base = Transport.select(transport, ClockKind.AUTO);
    Transport watched =
        new Transport(
            base.name(),
            base.ioHandlers(),
            base.readyBatch(),
            (loop, peer) -> {
              Channel channel = base.probeChannels().newChannel(loop, peer);
              channel.config().setAllocator(held.allocator);
              channel.pipeline().addFirst(held);
              return channel;
            },
            base.socketChannels(),
            base.serverChannels(),
            base.datagramChannels(),
            base.arrivals());
    runner = new ProbeRunner(watched, tlsClient(), List.of(), ProbeRunner.AMPLE);
  }

  @AfterEach
  void closeRunner() {
    runner.close();
    assertThat(held.now()).isZero();
  }

  private int ofTls() {
    return tls == null ? 0 : 2 * READ;
  }

  private void assertHeldAtMost(int bytes) {
    assertThat(held.most).hasValueLessThanOrEqualTo(bytes + ofTls());
  }

  @Test
  void holdsAnAlmostCompleteFrameOfTheLargestSize() throws Exception {
    pinged(
        peer -> {
          peer.send(almostWhole(Peer.frame(Peer.BINARY, new byte[65_535])));
          peer.awaitEnd();
        });
    assertThat(held.received).hasValueGreaterThan(65_000);
    assertHeldAtMost(FRAME + READ);
  }

  @Test
  void holdsAFrameThatComesByteByByte() throws Exception {
    byte[] frame = Peer.frame(Peer.BINARY, new byte[65_535]);
    pinged(
        peer -> {
          for (int i = 0; i < 2_000; i++) {
            peer.send(new byte[] {frame[i]});
          }
          peer.send(Arrays.copyOfRange(frame, 2_000, frame.length - 1));
          peer.awaitEnd();
        });
    assertThat(held.received).hasValueGreaterThan(65_000);
    assertHeldAtMost(FRAME + READ);
  }

  @Test
  void holdsNoMoreOfAFloodOfSmallFrames() throws Exception {
    ByteBuffer frames = ByteBuffer.allocate(100 * 12);
    for (int i = 0; i < 100; i++) {
      frames.put(Peer.frame(Peer.TEXT, new byte[10]));
    }
    pinged(peer -> flood(peer, frames.array()));
    assertThat(held.received).hasValueGreaterThan(FRAME);
    assertHeldAtMost(FRAME);
  }

  @Test
  void holdsOneOfAFloodOfTheLargestFrames() throws Exception {
    byte[] head = ByteBuffer.allocate(10).put((byte) 0x82).put((byte) 127).putLong(FRAME).array();
    byte[] frame = Arrays.copyOf(head, head.length + FRAME);
    pinged(peer -> flood(peer, frame));
    assertThat(held.received).hasValueGreaterThan(4 * FRAME);
    assertHeldAtMost(FRAME + READ);
  }

  @Test
  void holdsAMessageThatComesInFragmentsOfAByte() throws Exception {
    byte[] fragment = Peer.frame(false, 0, 0, new byte[1]);
    TlsScript script =
        peer -> {
          peer.inside().acceptUpgrade();
          peer.inside().send(Peer.frame(false, 0, Peer.BINARY, new byte[1]));
          for (int i = 0; i < 500; i++) {
            peer.inside().send(fragment);
            awaitReceived(i);
          }
          peer.inside().awaitEnd();
        };
    ProbeModule talking = Modules.of("messages = [{ expect-hex = 00 }]");
    try (ScriptedServer server = ScriptedServer.start(serving(script))) {
      ProbeRequest request = ProbeRunner.request(target(server), LONGER, talking);
      assertThat(runner.start(request, result -> {}).result().failure())
          .isEqualTo(new Failure(Phase.MESSAGES, FailureReason.MESSAGE_TIMEOUT, null));
    }
    assertHeldAtMost(2 * READ);
  }

  /** Each fragment is to be read by itself. */
  private void awaitReceived(int fragments) {
    long deadline = System.nanoTime() + LONGER.toNanos();
    while (held.received.get() < 3L * fragments && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void holdsAnAlmostCompleteHeader() throws Exception {
    TlsScript script =
        peer -> {
          String more = "X-Large: " + "x".repeat(16_000);
          String answer = Peer.switchingProtocols(peer.inside().readRequestHead(), more);
          peer.inside().send(almostWhole(answer.getBytes(ISO_8859_1)));
          peer.wire().awaitEnd();
        };
    assertThat(probe(serving(script)))
        .failedWith(FailureReason.UPGRADE_TIMEOUT, phasesTo(Phase.UPGRADE));
    assertThat(held.received).hasValueGreaterThan(16_000);
    assertHeldAtMost(2 * READ);
  }

  @Test
  void holdsNoMoreOfAFloodOfInterimResponses() throws Exception {
    byte[] flood = Peer.response("103 Early Hints", "X-Any: value").repeat(20).getBytes(ISO_8859_1);
    TlsScript script =
        peer -> {
          peer.inside().readRequestHead();
          flood(peer.inside(), flood);
        };
    assertThat(probe(serving(script)))
        .failedWith(FailureReason.UPGRADE_TIMEOUT, phasesTo(Phase.UPGRADE));
    assertThat(held.received).hasValueGreaterThan(FRAME);
    assertHeldAtMost(3 * READ);
  }

  private static byte[] almostWhole(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length - 1);
  }

  /** Sends until the probe has gone. */
  private static void flood(Peer peer, byte[] bytes) throws IOException {
    while (true) {
      peer.send(bytes);
    }
  }

  /** What is done to a connection whose PING has come. */
  @FunctionalInterface
  private interface PingScript {
    void serve(Peer peer) throws Exception;
  }

  private void pinged(PingScript afterPing) throws Exception {
    TlsScript script =
        peer -> {
          peer.inside().acceptUpgrade();
          peer.inside().readFrame(Peer.PING);
          afterPing.serve(peer.inside());
        };
    assertThat(probe(serving(script)))
        .failedWith(FailureReason.PONG_TIMEOUT, phasesTo(Phase.PING))
        .pongMissing(0);
  }

  private ProbeResult probe(Script script) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner.probe(target(server), LIMIT);
    }
  }
}
