package io.github.websocketexporter.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The frames of a probe through Netty's codec, set up as the engine does: a PING of 8 bytes out,
 * its PONG in. Through an embedded channel, whose own work is in the figures.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar FrameBenchmark -prof gc} printed on
 * 2026-11-23, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15:
 *
 * <pre>
 *   benchmark   ns/op         allocated B/op
 *   encodePing  460 +/- 24    264
 *   decodePong  294 +/- 15    124
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameBenchmark {
  private static final byte[] PONG = {(byte) 0x8A, 8, 1, 2, 3, 4, 5, 6, 7, 8};

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new WebSocket13FrameEncoder(true),
          new WebSocket13FrameDecoder(
              WebSocketDecoderConfig.newBuilder()
                  .expectMaskedFrames(false)
                  .allowExtensions(false)
                  .maxFramePayloadLength(65_536)
                  .closeOnProtocolViolation(false)
                  .build()));

  /** Closes the channel. */
  @TearDown
  public void close() {
    channel.finishAndReleaseAll();
  }

  /** Encodes a PING, with a mask. */
  @Benchmark
  public int encodePing() {
    ByteBuf payload = channel.alloc().buffer(Long.BYTES).writeLong(42);
    channel.writeOutbound(new PingWebSocketFrame(payload));
    int bytes = 0;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      bytes += out.readableBytes();
      out.release();
    }
    return bytes;
  }

  /** Decodes a PONG. */
  @Benchmark
  public int decodePong() {
    channel.writeInbound(Unpooled.wrappedBuffer(PONG));
    WebSocketFrame frame = Objects.requireNonNull(channel.readInbound());
    int bytes = frame.content().readableBytes();
    frame.release();
    return bytes;
  }
}
