package io.github.websocketexporter.cli;

import io.github.websocketexporter.testing.Peer;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A connection whose every byte the test chooses. */
final class RawClient implements Closeable {
  /** The request for an upgrade, with the key of RFC 6455, section 1.3. */
  static final String UPGRADE =
      get(
          "/-/websocket",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    this(InetAddress.getLoopbackAddress(), port);
  }

  RawClient(InetAddress address, int port) throws IOException {
    this(new Socket(address, port));
  }

  /** A connection that is there, such as one over TLS. */
  RawClient(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** What came back: header names in lower case. */
  record Answer(String statusLine, Map<String, String> headers, String body) {
    int status() {
      return Integer.parseInt(statusLine.split(" ", 3)[1]);
    }

    @Nullable String header(String name) {
      return headers.get(name);
    }
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  RawClient sendGet(String path, String... headers) throws IOException {
    return send(get(path, headers));
  }

  static String get(String path, String... headers) {
    return request("GET", path, headers);
  }

  static String request(String method, String path, String... headers) {
    StringBuilder text =
        new StringBuilder(method)
            .append(' ')
            .append(path)
            .append(" HTTP/1.1\r\nHost: exporter\r\n");
    Arrays.stream(headers).forEach(header -> text.append(header).append("\r\n"));
    return text.append("\r\n").toString();
  }

  Answer read() throws IOException {
    return read(true);
  }

  /** Reads an answer to HEAD: the header alone. */
  Answer readHead() throws IOException {
    return read(false);
  }

  private Answer read(boolean withBody) throws IOException {
    String statusLine = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).trim(),
          (one, other) -> one + ", " + other);
    }
    int length = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
    return new Answer(statusLine, headers, new String(bytes(length), StandardCharsets.UTF_8));
  }

  /** The frame that comes next: its first byte, and its payload as ISO 8859-1. */
  record Frame(int head, String payload) {
    /** The status of a Close frame, -1 if it has none. */
    int closeCode() {
      return payload.length() < 2 ? -1 : payload.charAt(0) << 8 | payload.charAt(1);
    }
  }

  Frame readFrame() throws IOException {
    byte[] head = bytes(2);
    return new Frame(head[0] & 0xff, new String(bytes(head[1]), StandardCharsets.ISO_8859_1));
  }

  /** A masked frame, as a client must send it; short ones only. */
  RawClient sendFrame(int opcode, byte[] payload) throws IOException {
    return send(Peer.maskedFrame(opcode, payload));
  }

  RawClient upgrade() throws IOException {
    return send(UPGRADE);
  }

  /** Whether the server closed, and sent nothing before that. */
  boolean closedSilently() throws IOException {
    return in.read() == -1;
  }

  /** Whether bytes are waiting to be read now. */
  boolean hasBytes() throws IOException {
    return in.available() > 0;
  }

  void hangUp() throws IOException {
    socket.close();
  }

  private byte[] bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the connection was closed amid an answer");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("the connection was closed after: " + line);
      } else if (c == '\n') {
        return line.toString();
      } else if (c != '\r') {
        line.append((char) c);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
