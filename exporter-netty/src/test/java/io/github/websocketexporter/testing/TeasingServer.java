package io.github.websocketexporter.testing;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A server that makes it hard to find the PONG of a PING, for connections of {@link #PINGS} PINGs
 * with consecutive numbers: some it does not answer, the others at least {@link #HELD_NANOS} late
 * and not in their order; and at any other time come PONGs of no PING, PONGs again, PINGs and data.
 * By chance, but the same for each path. Of each path it knows what a probe is to find.
 */
public final class TeasingServer implements AutoCloseable {
  /** The PINGs of one connection. */
  public static final int PINGS = 1_000;

  /** No PONG that is right comes sooner behind its PING. */
  public static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long SPREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  /** The last PING's PONG comes behind all else. */
  private static final long LAST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int BACKLOG = 1_024;

  /**
   * What a probe is to find.
   *
   * @param answered how many of its PINGs were answered
   * @param unmatched how many PONGs answered none, or one that had been answered
   */
  public record Truth(int answered, int unmatched) {}

  private final Map<String, Truth> truths = new ConcurrentHashMap<>();
  private final LoopServer server = LoopServer.start(BACKLOG, Visitor::new, "127.0.0.1");

  /** The target that is this server. */
  public String ws(String path) {
    return "ws://127.0.0.1:" + server.port() + path;
  }

  /** What the probe of {@code path} is to find, once it has ended. */
  public Truth truth(String path) {
    return requireNonNull(truths.get(path), path);
  }

  @Override
  public void close() {
    server.close();
  }

  /** One connection. */
  private final class Visitor extends SimpleChannelInboundHandler<Object> {
    private String path = "/";
    private Random random = new Random(0);
    private boolean withinMessage;
    private int pings;
    private int answered;
    private int unmatched;
    private long first;
    private long answeredLast;

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpRequest request) {
        path = request.uri();
        random = new Random(path.hashCode());
        LoopServer.upgrade(context, request);
      } else if (message instanceof PingWebSocketFrame ping) {
        pinged(context, ping.content().readLong());
      } else if (message instanceof CloseWebSocketFrame) {
        context.close();
      }
    }

    private void pinged(ChannelHandlerContext context, long number) {
      if (pings == 0) {
        first = number;
        answeredLast = number - 1;
      }
      pings++;
      if (pings == PINGS) {
        later(context, LAST_NANOS, () -> last(context, number));
        return;
      }
      later(context, random.nextLong(HELD_NANOS), () -> tease(context, number));
      if (random.nextInt(20) > 0) {
        long held = HELD_NANOS + random.nextLong(SPREAD_NANOS);
        later(context, held, () -> answer(context, number));
      }
    }

    private void last(ChannelHandlerContext context, long number) {
      answered++;
      truths.put(path, new Truth(answered, unmatched));
      LoopServer.pong(context, number);
    }

    private void answer(ChannelHandlerContext context, long number) {
      answered++;
      answeredLast = number;
      context.write(new PongWebSocketFrame(Unpooled.copyLong(number)));
      if (random.nextInt(10) == 0) {
        unmatched(context, Unpooled.copyLong(number));
      }
      context.flush();
    }

    /** Something that is not the PONG of {@code number}. */
    private void tease(ChannelHandlerContext context, long number) {
      switch (random.nextInt(12)) {
        case 0 -> unmatched(context, Unpooled.copyLong(~number));
        case 1 -> unmatched(context, Unpooled.copyLong(first - 1));
        case 2 -> unmatched(context, Unpooled.copyLong(first + PINGS));
        case 3 -> unmatched(context, Unpooled.copyLong(Long.reverseBytes(number)));
        case 4 -> unmatched(context, Unpooled.copyLong(number).writerIndex(7));
        case 5 -> unmatched(context, Unpooled.buffer().writeLong(number).writeByte(0));
        case 6 -> unmatched(context, Unpooled.EMPTY_BUFFER);
        case 7 -> unmatched(context, Unpooled.copyLong(answeredLast));
        case 8 -> context.write(new PingWebSocketFrame(Unpooled.copyLong(number)));
        case 9 -> context.write(data(Unpooled.copyLong(number)));
        case 10 -> context.write(data(Unpooled.wrappedBuffer(new byte[2_000])));
        default -> {}
      }
      context.flush();
    }

    private void unmatched(ChannelHandlerContext context, ByteBuf payload) {
      unmatched++;
      context.write(new PongWebSocketFrame(payload));
    }

    /** A message, or a part of one, which may begin before this and go on behind it. */
    private WebSocketFrame data(ByteBuf payload) {
      if (!withinMessage && random.nextInt(4) == 0) {
        payload.release();
        return new TextWebSocketFrame("text");
      }
      boolean last = random.nextBoolean();
      WebSocketFrame frame =
          withinMessage
              ? new ContinuationWebSocketFrame(last, 0, payload)
              : new BinaryWebSocketFrame(last, 0, payload);
      withinMessage = !last;
      return frame;
    }

    private static void later(ChannelHandlerContext context, long nanos, Runnable what) {
      context.executor().schedule(what, nanos, TimeUnit.NANOSECONDS);
    }
  }
}
