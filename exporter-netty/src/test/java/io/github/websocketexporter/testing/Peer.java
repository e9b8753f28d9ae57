package io.github.websocketexporter.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Queue;

/** The server's end of one connection, with the words of RFC 6455 that scripts are made of. */
public final class Peer {
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xA;

  private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final Queue<Head> requests;

  /** A peer that tells {@code requests} which requests it has read. */
  /** The other side of {@code socket}, such as one that speaks TLS over another peer's. */
  public Peer(Socket socket) throws IOException {
    this(socket, new ArrayDeque<>());
  }

  Peer(Socket socket, Queue<Head> requests) throws IOException {
    this.socket = socket;
    this.requests = requests;
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** How a connection ended, seen from here. */
  public enum End {
    /** The other side closed it in order. */
    EOF,
    /** The other side reset it. */
    RESET
  }

  /** The head of a request, line by line. */
  public record Head(List<String> lines) {
    public String requestLine() {
      return lines.get(0);
    }

    /** What was asked for: the path and the query, to the letter. */
    public String requestTarget() {
      return requestLine().split(" ", 3)[1];
    }

    /** The head as it came. */
    public String text() {
      return String.join("\r\n", lines) + "\r\n\r\n";
    }

    /** All values of a header field, in their order. */
    public List<String> values(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return lines.stream()
          .skip(1)
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip())
          .toList();
    }

    /** The value of a header field that is there once. */
    public String value(String name) {
      List<String> values = values(name);
      if (values.size() != 1) {
        throw new AssertionError(name + " is there " + values.size() + " times");
      }
      return values.get(0);
    }
  }

  /** A frame as it came: the payload is unmasked. */
  @SuppressWarnings("ArrayRecordComponent") // Tests look at it and throw it away.
  public record Frame(boolean fin, int rsv, int opcode, boolean masked, byte[] payload) {
    /** The status code of a Close frame. */
    public int closeStatus() {
      return ByteBuffer.wrap(payload).getShort() & 0xFFFF;
    }
  }

  public Socket socket() {
    return socket;
  }

  /** Reads up to the empty line. */
  public Head readRequestHead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      bytes.write(in.readUnsignedByte());
    }
    Head head =
        new Head(bytes.toString(ISO_8859_1).lines().filter(line -> !line.isEmpty()).toList());
    requests.add(head);
    return head;
  }

  /** Reads the request and answers it with a valid 101. */
  public Head acceptUpgrade() throws IOException {
    Head head = readRequestHead();
    send(switchingProtocols(head));
    return head;
  }

  /** The 101 that answers a request: a valid one, unless {@code more} of its header spoils it. */
  public static String switchingProtocols(Head head, String... more) {
    List<String> headers = new ArrayList<>();
    headers.add("Upgrade: websocket");
    headers.add("Connection: Upgrade");
    headers.add("Sec-WebSocket-Accept: " + acceptValue(head.value("Sec-WebSocket-Key")));
    headers.addAll(Arrays.asList(more));
    return response("101 Switching Protocols", headers.toArray(String[]::new));
  }

  /** The head of a response of HTTP/1.1. */
  public static String response(String status, String... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  /** The Sec-WebSocket-Accept that belongs to a key (RFC 6455, section 4.2.2). */
  public static String acceptValue(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder().encodeToString(sha1.digest((key + ACCEPT_GUID).getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public void send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
  }

  public void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Sends whole, unmasked, without reserved bits, as a server must. */
  public void sendFrame(int opcode, byte[] payload) throws IOException {
    send(frame(opcode, payload));
  }

  /** The bytes of a whole frame as a server must send it. */
  public static byte[] frame(int opcode, byte[] payload) {
    return frame(true, 0, opcode, payload);
  }

  /** The bytes of an unmasked frame, valid or not. */
  public static byte[] frame(boolean fin, int rsv, int opcode, byte[] payload) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + payload.length);
    bytes.put((byte) ((fin ? 0x80 : 0) | (rsv << 4) | opcode));
    if (payload.length < 126) {
      bytes.put((byte) payload.length);
    } else {
      bytes.put((byte) 126).putShort((short) payload.length);
    }
    return Arrays.copyOf(bytes.put(payload).array(), bytes.position());
  }

  /** The bytes of a masked frame with a short payload, as a client sends it. */
  public static byte[] maskedFrame(int opcode, byte[] payload) {
    byte[] mask = {1, 2, 3, 4};
    ByteBuffer bytes = ByteBuffer.allocate(6 + payload.length);
    bytes.put((byte) (0x80 | opcode)).put((byte) (0x80 | payload.length)).put(mask);
    for (int i = 0; i < payload.length; i++) {
      bytes.put((byte) (payload[i] ^ mask[i % 4]));
    }
    return bytes.array();
  }

  /** The payload of a Close frame. */
  public static byte[] status(int code) {
    return status(code, "");
  }

  /** The payload of a Close frame with a reason. */
  public static byte[] status(int code, String reason) {
    byte[] text = reason.getBytes(UTF_8);
    return ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array();
  }

  /** Reads one frame. */
  public Frame readFrame() throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    boolean masked = (second & 0x80) != 0;
    int length = second & 0x7F;
    if (length == 126) {
      length = in.readUnsignedShort();
    }
    byte[] mask = masked ? in.readNBytes(4) : new byte[4];
    byte[] payload = new byte[length];
    in.readFully(payload);
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return new Frame((first & 0x80) != 0, (first >> 4) & 7, first & 0xF, masked, payload);
  }

  /** Reads a frame, which must have {@code opcode}. */
  public Frame readFrame(int opcode) throws IOException {
    Frame frame = readFrame();
    if (frame.opcode() != opcode) {
      throw new AssertionError("expected opcode " + opcode + " but got " + frame);
    }
    return frame;
  }

  /** Reads the PING and answers it. */
  public Frame pong() throws IOException {
    Frame ping = readFrame(PING);
    sendFrame(PONG, ping.payload());
    return ping;
  }

  /** All that a probe wants: accepts the upgrade, and answers each PING and the Close. */
  public void answerPings() throws IOException {
    acceptUpgrade();
    Frame frame = readFrame();
    while (frame.opcode() != CLOSE) {
      if (frame.opcode() == PING) {
        sendFrame(PONG, frame.payload());
      }
      frame = readFrame();
    }
    sendFrame(CLOSE, frame.payload());
  }

  /** Accepts the upgrade, and says nothing more until a Close comes. */
  public void ignorePings() throws IOException {
    acceptUpgrade();
    while (readFrame().opcode() != CLOSE) {
      // A PING, most likely.
    }
  }

  /** Reads the request, and never answers it. */
  public void ignoreUpgrade() throws IOException {
    readRequestHead();
    awaitEnd();
  }

  /** Reads one byte. */
  public int read() throws IOException {
    return in.read();
  }

  /** Reads so many bytes. */
  public byte[] readFully(int count) throws IOException {
    byte[] bytes = new byte[count];
    in.readFully(bytes);
    return bytes;
  }

  /** Says that no more will come, and goes on reading. */
  public void sendEof() throws IOException {
    socket.shutdownOutput();
  }

  /** Resets the connection. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Reads on until the other side ends the connection. */
  public End awaitEnd() {
    try {
      byte[] scratch = new byte[8_192];
      while (in.read(scratch) >= 0) {
        // What comes is of no interest.
      }
      return End.EOF;
    } catch (EOFException e) {
      return End.EOF;
    } catch (IOException e) {
      return End.RESET;
    }
  }
}
