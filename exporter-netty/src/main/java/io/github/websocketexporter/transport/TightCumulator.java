package io.github.websocketexporter.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder.Cumulator;

/**
 * Keeps what a decoder has not decoded yet, and hardly more. Netty's own cumulators go on behind
 * what was decoded for as long as bytes come, and keep the room that they once had: a server that
 * floods a probe makes them hold megabytes; or they keep a whole read buffer for each byte.
 */
public final class TightCumulator implements Cumulator {
  private final int usual;

  /**
   * A cumulator for one decoder or several.
   *
   * @param usual bytes of the largest message that is decoded: where no more are kept, there is
   *     never room for more
   */
  public TightCumulator(int usual) {
    this.usual = usual;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // The very buffer that is kept already, retained twice.
  public ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf kept, ByteBuf in) {
    if (kept == in) {
      in.release();
      return kept;
    }
    if (!kept.isReadable()) {
      kept.release();
      return in;
    }
    try {
      int needed = kept.readableBytes() + in.readableBytes();
      if (needed > kept.capacity() || kept.refCnt() > 1 || kept.isReadOnly()) {
        return moved(allocator.buffer(roomFor(needed)), kept, in);
      }
      if (in.readableBytes() > kept.capacity() - kept.writerIndex()) {
        kept.discardReadBytes();
      }
      kept.writeBytes(in);
      return kept;
    } finally {
      in.release();
    }
  }

  /** Grows by doubling, so that bytes that come one by one are not copied each time. */
  private int roomFor(int needed) {
    return Math.max(needed, Math.min(2 * needed, usual));
  }

  private static ByteBuf moved(ByteBuf room, ByteBuf kept, ByteBuf in) {
    room.writeBytes(kept).writeBytes(in);
    kept.release();
    return room;
  }
}
