package io.github.websocketexporter.cli;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket server to probe, in plain sockets: keeps what it was asked for. */
final class TargetServer implements Closeable {

  /** What the server does with a probe. */
  enum Manner {
    /** Upgrades, and answers every PING. */
    ANSWERS,
    /** Upgrades, and answers nothing more. */
    SILENT,
    /** Takes the connection, and nothing more. */
    MUTE
  }

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final Manner manner;
  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final BlockingQueue<String> requestLines = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> pings = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> ends = new LinkedBlockingQueue<>();
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  TargetServer(Manner manner) throws IOException {
    this.manner = manner;
    start(this::accept);
  }

  /** The authority and scheme of a target here. */
  String url() {
    return "ws://127.0.0.1:" + listening.getLocalPort();
  }

  /** The request target that the next probe asked for, null if none comes. */
  @Nullable String awaitRequestTarget() throws InterruptedException {
    String line = requestLines.poll(10, TimeUnit.SECONDS);
    return line == null ? null : line.split(" ", 3)[1];
  }

  /** Whether the next PING comes. */
  boolean awaitPing() throws InterruptedException {
    return pings.poll(10, TimeUnit.SECONDS) != null;
  }

  /** How many probes sent their upgrade that nobody has waited for. */
  int requests() {
    return requestLines.size();
  }

  /** Whether the next connection to end does so in time. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return ends.poll(millis, TimeUnit.MILLISECONDS) != null;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the end.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      String head = head(in);
      requestLines.add(head.substring(0, head.indexOf("\r\n")));
      if (manner != Manner.MUTE) {
        upgrade(head, socket.getOutputStream());
      }
      frames(in, socket.getOutputStream());
    } catch (IOException e) {
      // The end, as good as any.
    } finally {
      ends.add(true);
    }
  }

  private static String head(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  private static void upgrade(String head, OutputStream out) throws IOException {
    String key =
        head.lines()
            .filter(line -> line.regionMatches(true, 0, "sec-websocket-key:", 0, 18))
            .map(line -> line.substring(18).trim())
            .findFirst()
            .orElseThrow();
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n";
    out.write(answer.getBytes(StandardCharsets.US_ASCII));
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

  private void frames(DataInputStream in, OutputStream out) throws IOException {
    while (true) {
      int opcode = in.readUnsignedByte() & 0x0f;
      byte[] payload = new byte[in.readUnsignedByte() & 0x7f];
      byte[] mask = new byte[4];
      in.readFully(mask);
      in.readFully(payload);
      if (opcode == 8) {
        throw new SocketException("Close");
      }
      if (opcode == 9) {
        pings.add(true);
      }
      if (opcode == 9 && manner == Manner.ANSWERS) {
        byte[] pong = new byte[payload.length + 2];
        pong[0] = (byte) 0x8a;
        pong[1] = (byte) payload.length;
        for (int i = 0; i < payload.length; i++) {
          pong[i + 2] = (byte) (payload[i] ^ mask[i % 4]);
        }
        out.write(pong);
      }
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "target");
    thread.setDaemon(true);
    thread.start();
  }
}
