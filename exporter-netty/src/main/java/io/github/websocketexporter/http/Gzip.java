package io.github.websocketexporter.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses with gzip (RFC 1952). Each event loop has its own and keeps it: to make a deflater for
 * every answer costs more than to use it.
 */
final class Gzip {
  /** The fastest: an answer that is a few hundred bytes smaller is not worth the time. */
  private static final int LEVEL = Deflater.BEST_SPEED;

  /** Magic number, deflate, no flags, no time, fastest, unknown system (section 2.3). */
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  private static final int TRAILER = 8;

  private static final FastThreadLocal<Gzip> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected Gzip initialValue() {
          return new Gzip();
        }

        @Override
        protected void onRemoval(Gzip gzip) {
          gzip.deflater.end();
        }
      };

  private final Deflater deflater = new Deflater(LEVEL, true);
  private final CRC32 checksum = new CRC32();

  private Gzip() {}

  /** Writes what is readable of {@code plain} to {@code out}, compressed. */
  static void compress(ByteBuf plain, ByteBuf out) {
    OF_THREAD.get().deflate(plain, out);
  }

  private void deflate(ByteBuf plain, ByteBuf out) {
    int length = plain.readableBytes();
    checksum.reset();
    checksum.update(plain.nioBuffer());
    deflater.reset();
    deflater.setInput(plain.nioBuffer());
    deflater.finish();
    out.ensureWritable(HEADER.length + length + TRAILER);
    out.writeBytes(HEADER);
    while (!deflater.finished()) {
      out.ensureWritable(TRAILER);
      int written = deflater.deflate(out.nioBuffer(out.writerIndex(), out.writableBytes()));
      out.writerIndex(out.writerIndex() + written);
    }
    out.writeIntLE((int) checksum.getValue());
    out.writeIntLE(length);
  }
}
