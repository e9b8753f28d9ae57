package io.github.websocketexporter.benchmarks.fanout;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;

import io.github.websocketexporter.transport.WallClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the target: answers the upgrade to the path {@code /NUMBER}, each PING with its
 * PONG and a Close with a Close. Reads and writes bytes, not Netty's objects: the target shares its
 * machine with what is measured. Trusts its client to speak RFC 6455.
 */
final class TargetConnection extends ByteToMessageDecoder {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String KEY = "sec-websocket-key:";
  private static final byte[] END_OF_HEADER = {'\r', '\n', '\r', '\n'};
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: ";

  private static final int FIN = 0x80;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FRAME_HEADER = 6;
  private static final int MAX_CONTROL = 125;

  private final FlushStamp stamp;
  private final @Nullable StampedReads reads;
  private final DelayedPongs pongs;
  private boolean upgraded;
  private int number;

  /**
   * A connection whose PONGs are sent by {@code pongs}.
   *
   * @param stamp writes down when they go out
   * @param reads has the kernel's stamps; null if there are none
   */
  TargetConnection(FlushStamp stamp, @Nullable StampedReads reads, DelayedPongs pongs) {
    this.stamp = stamp;
    this.reads = reads;
    this.pongs = pongs;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (upgraded) {
      readFrame(context, in);
    } else {
      readRequest(context, in);
    }
  }

  private void readRequest(ChannelHandlerContext context, ByteBuf in) {
    int length = headerBytes(in);
    if (length == 0) {
      return;
    }
    String header = in.readCharSequence(length, StandardCharsets.US_ASCII).toString();
    number = number(header);
    String accept = accept(key(header));
    upgraded = true;
    ByteBuf response = context.alloc().ioBuffer(SWITCHING.length() + accept.length() + 4);
    ByteBufUtil.writeAscii(response, SWITCHING);
    ByteBufUtil.writeAscii(response, accept);
    context.writeAndFlush(response.writeBytes(END_OF_HEADER));
  }

  /** How long the header is that {@code in} begins with; 0 if it is not all there. */
  private static int headerBytes(ByteBuf in) {
    int last = in.writerIndex() - END_OF_HEADER.length;
    for (int at = in.readerIndex(); at <= last; at++) {
      at = in.indexOf(at, last + 1, (byte) '\r');
      if (at < 0) {
        return 0;
      }
      if (in.getInt(at) == 0x0D0A0D0A) {
        return at + END_OF_HEADER.length - in.readerIndex();
      }
    }
    return 0;
  }

  /** The number in {@code GET /NUMBER HTTP/1.1}; 0 if there is none. */
  static int number(String header) {
    int value = 0;
    for (int at = "GET /".length(); at < header.length(); at++) {
      int digit = header.charAt(at) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = 10 * value + digit;
    }
    return value;
  }

  private static String key(String header) {
    for (int line = 0; line >= 0; line = header.indexOf('\n', line + 1)) {
      if (header.regionMatches(true, line + 1, KEY, 0, KEY.length())) {
        return header.substring(line + 1 + KEY.length(), header.indexOf('\r', line + 1)).strip();
      }
    }
    throw new IllegalArgumentException("not a WebSocket handshake: " + header);
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void readFrame(ChannelHandlerContext context, ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < FRAME_HEADER) {
      return;
    }
    int opcode = in.getByte(start) & 0x0F;
    int length = in.getByte(start + 1) & 0x7F;
    if (length > MAX_CONTROL) {
      context.close();
      return;
    }
    if (in.readableBytes() < FRAME_HEADER + length) {
      return;
    }
    int mask = in.getInt(start + 2);
    in.skipBytes(FRAME_HEADER);
    if (opcode == PING) {
      ByteBuf pong = frame(context, PONG, in, length, mask);
      long arrival = arrivalEpochNanos();
      pongs.add(arrival, () -> send(context, pong, arrival));
    } else {
      if (opcode == CLOSE) {
        context.writeAndFlush(frame(context, CLOSE, in, length, mask));
      } else {
        in.skipBytes(length);
      }
    }
  }

  private void send(ChannelHandlerContext context, ByteBuf pong, long arrival) {
    if (!context.channel().isActive()) {
      pong.release();
      return;
    }
    context.write(pong);
    stamp.next(number, arrival);
    context.flush();
  }

  private long arrivalEpochNanos() {
    long stamped = reads == null ? NO_STAMP : reads.stampEpochNanos();
    return stamped == NO_STAMP ? WallClock.SYSTEM.epochNanos() : stamped;
  }

  /** An unmasked frame with the payload that {@code in} holds next. */
  private static ByteBuf frame(
      ChannelHandlerContext context, int opcode, ByteBuf in, int length, int mask) {
    ByteBuf frame = context.alloc().ioBuffer(2 + length);
    frame.writeByte(FIN | opcode).writeByte(length);
    for (int i = 0; i < length; i++) {
      frame.writeByte(in.readByte() ^ (mask >> (24 - 8 * (i & 3))));
    }
    return frame;
  }

  /** A client that resets the connection has had its answer. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
