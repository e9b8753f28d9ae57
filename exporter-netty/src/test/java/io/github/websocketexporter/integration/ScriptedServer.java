package io.github.websocketexporter.integration;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** A server on the loopback whose every byte the test decides: its script plays per connection. */
final class ScriptedServer implements AutoCloseable {
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  private static final Pattern KEY = Pattern.compile("(?i)\r\nsec-websocket-key: *(\\S+)");

  private final ServerSocket listener;
  private final Script script;
  private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private ScriptedServer(ServerSocketFactory sockets, Script script) throws IOException {
    this.script = script;
    listener = sockets.createServerSocket(0, 512, InetAddress.getLoopbackAddress());
    daemon(this::listen);
  }

  /** What the server does with a connection, which is closed in the end. */
  interface Script {
    void play(Connection connection) throws IOException;
  }

  static ScriptedServer plain(Script script) throws IOException {
    return new ScriptedServer(ServerSocketFactory.getDefault(), script);
  }

  static ScriptedServer secure(SSLContext context, Script script) throws IOException {
    return new ScriptedServer(context.getServerSocketFactory(), script);
  }

  /** The script of a server that does all that a probe wants. */
  static void answerPings(Connection connection) throws IOException {
    connection.upgrade(connection.readRequest(), "");
    while (true) {
      Frame frame = connection.readFrame();
      if (frame.opcode() == PING) {
        connection.send(PONG, frame.payload());
      } else if (frame.opcode() == CLOSE) {
        connection.send(CLOSE, frame.payload());
        return;
      }
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The requests that were read so far. */
  Queue<String> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connections.add(connection);
        daemon(() -> play(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void play(Socket socket) {
    try (socket) {
      script.play(new Connection(socket));
    } catch (IOException e) {
      // The probe has gone: so does its server.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** A WebSocket frame; each character of the payload is one byte. */
  record Frame(int opcode, String payload) {}

  /** One connection, from the server's side. */
  final class Connection {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Reads the head of a request, whole. */
    String readRequest() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      requests.add(head.toString());
      return head.toString();
    }

    /** Reads one byte of whatever comes. */
    void readByte() throws IOException {
      in.readUnsignedByte();
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** Accepts the upgrade; {@code moreHeaders} each end with CR LF. */
    void upgrade(String request, String moreHeaders) throws IOException {
      Matcher key = KEY.matcher(request);
      if (!key.find()) {
        throw new IOException("no key");
      }
      send(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + ("Sec-WebSocket-Accept: " + acceptOf(key.group(1)) + "\r\n")
              + (moreHeaders + "\r\n"));
    }

    /** Reads a small masked frame. */
    Frame readFrame() throws IOException {
      int opcode = in.readUnsignedByte() & 0x0f;
      byte[] payload = new byte[in.readUnsignedByte() & 0x7f];
      byte[] mask = new byte[4];
      in.readFully(mask);
      in.readFully(payload);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      return new Frame(opcode, new String(payload, StandardCharsets.ISO_8859_1));
    }

    /** Sends a small unmasked frame. */
    void send(int opcode, String payload) throws IOException {
      send((char) (0x80 | opcode) + "" + (char) payload.length() + payload);
    }

    /** Says nothing until the other side has had enough. */
    void hold() throws IOException {
      while (in.read() >= 0) {}
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  /** RFC 6455, section 4.2.2. */
  private static String acceptOf(String key) {
    try {
      byte[] text =
          (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (GeneralSecurityException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
