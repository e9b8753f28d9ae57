package io.github.websocketexporter.cli;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A connection below TLS that remembers what came. */
final class RecordedSocket extends Socket {
  private static final int HEADER = 5;

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  RecordedSocket(int port) throws IOException {
    super(InetAddress.getLoopbackAddress(), port);
    setSoTimeout(20_000);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        int next = super.read();
        if (next >= 0) {
          received.write(next);
        }
        return next;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count > 0) {
          received.write(bytes, offset, count);
        }
        return count;
      }
    };
  }

  /** The type of the last record that has come whole (RFC 5246, section 6.2.1). */
  int lastRecordType() {
    byte[] bytes = received.toByteArray();
    int type = -1;
    for (int at = 0; at + HEADER <= bytes.length; ) {
      int length = (bytes[at + 3] & 0xff) << 8 | (bytes[at + 4] & 0xff);
      if (at + HEADER + length > bytes.length) {
        break;
      }
      type = bytes[at];
      at += HEADER + length;
    }
    return type;
  }
}
