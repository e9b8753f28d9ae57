package io.github.websocketexporter.benchmarks.fanout;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** One keep-alive connection to the exporter, with at most one request on its way. */
final class LoadConnection extends ByteToMessageDecoder {
  private static final int CRLF_CRLF = 0x0D0A0D0A;
  private static final String CONTENT_LENGTH = "content-length:";
  private static final String LAST_CHUNK = "\r\n0\r\n\r\n";
  private static final String OK = "HTTP/1.1 200";

  private final Load load;
  private boolean busy;
  private int sequence;
  private long startNanos;

  /** The length of the answer's header, 0 until it is there. */
  private int headerLength;

  /** The length of its body; -1 if it comes in chunks. */
  private int bodyLength;

  private boolean ok;

  LoadConnection(Load load) {
    this.load = load;
  }

  /**
   * Notes that a request was sent.
   *
   * @param startNanos from when its latency counts
   */
  void asked(int sequence, long startNanos) {
    if (busy) {
      throw new IllegalStateException("there is a request on its way");
    }
    this.sequence = sequence;
    this.startNanos = startNanos;
    busy = true;
  }

  /** Notes that no answer comes any more. */
  void gone() {
    if (busy) {
      busy = false;
      load.broke();
    }
  }

  int sequence() {
    return sequence;
  }

  long startNanos() {
    return startNanos;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (headerLength == 0) {
      readHeader(in);
    }
    if (headerLength == 0) {
      return;
    }
    int start = in.readerIndex();
    int body = bodyLength < 0 ? chunkedLength(in) : bodyLength;
    if (body < 0 || in.readableBytes() < headerLength + body) {
      return;
    }
    byte[] bytes = load.scratch(body);
    in.getBytes(start + headerLength, bytes, 0, body);
    in.skipBytes(headerLength + body);
    headerLength = 0;
    busy = false;
    load.answered(context.channel(), this, ok, body);
  }

  private void readHeader(ByteBuf in) {
    int end = -1;
    for (int at = in.readerIndex(); at + 4 <= in.writerIndex() && end < 0; at++) {
      if (in.getInt(at) == CRLF_CRLF) {
        end = at;
      }
    }
    if (end < 0) {
      return;
    }
    headerLength = end + 4 - in.readerIndex();
    String header = in.toString(in.readerIndex(), headerLength, StandardCharsets.US_ASCII);
    ok = header.startsWith(OK);
    String lower = header.toLowerCase(Locale.ROOT);
    int field = lower.indexOf(CONTENT_LENGTH);
    bodyLength =
        field < 0
            ? -1
            : Integer.parseInt(
                lower
                    .substring(field + CONTENT_LENGTH.length(), lower.indexOf('\r', field))
                    .strip());
  }

  /**
   * The length of a body in chunks, which no chunk's data looks like the end of; -1 if not there.
   */
  private static int chunkedLength(ByteBuf in) {
    int last = in.writerIndex() - LAST_CHUNK.length();
    boolean whole =
        last >= in.readerIndex()
            && in.toString(last, LAST_CHUNK.length(), StandardCharsets.US_ASCII).equals(LAST_CHUNK);
    return whole ? in.readableBytes() : -1;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    super.channelInactive(context);
    gone();
  }

  /** It will be inactive right after this. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
