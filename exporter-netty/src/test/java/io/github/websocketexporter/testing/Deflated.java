package io.github.websocketexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Payloads of messages that are compressed with permessage-deflate (RFC 7692, section 7.2). */
public final class Deflated {
  /** What a message ends with, and is sent without. */
  private static final byte[] TAIL = {0x00, 0x00, (byte) 0xff, (byte) 0xff};

  private Deflated() {}

  /** {@code text} as it is compressed at the start of a connection. */
  public static byte[] of(String text) {
    return of(text.getBytes(UTF_8));
  }

  /** The same for any bytes. */
  public static byte[] of(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    byte[] payload = new byte[bytes.length + 128];
    deflater.setInput(bytes);
    int length = deflater.deflate(payload, 0, payload.length, Deflater.SYNC_FLUSH);
    return Arrays.copyOf(payload, length - TAIL.length);
  }

  /** The text of a message that was compressed by itself. */
  public static String text(byte[] payload) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    byte[] whole = Arrays.copyOf(payload, payload.length + TAIL.length);
    System.arraycopy(TAIL, 0, whole, payload.length, TAIL.length);
    inflater.setInput(whole);
    byte[] bytes = new byte[1 << 16];
    return new String(bytes, 0, inflater.inflate(bytes), UTF_8);
  }
}
