package io.github.websocketexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** A connection to an HTTP server on the loopback that stays open from one request to the next. */
public final class KeptConnection implements Closeable {
  private final Socket socket;
  private final DataInputStream in;
  private boolean last;

  /** Connects to {@code port}; an answer that takes longer than {@code patienceMillis} fails. */
  public KeptConnection(int port, int patienceMillis) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(patienceMillis);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Asks for {@code pathAndQuery}. */
  public void sendGet(String pathAndQuery) throws IOException {
    String request = "GET " + pathAndQuery + " HTTP/1.1\r\nHost: exporter\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(UTF_8));
  }

  /** Whether an answer has begun to come. */
  public boolean hasAnswer() throws IOException {
    return in.available() > 0;
  }

  /** Reads an answer whose length is known: its status line, and behind that its body. */
  public String read() throws IOException {
    String statusLine = line();
    int length = 0;
    last = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String lower = line.toLowerCase(Locale.ROOT);
      last |= lower.equals("connection: close");
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
      }
    }
    byte[] body = new byte[length];
    in.readFully(body);
    return statusLine + "\n" + new String(body, UTF_8);
  }

  /** Whether the answer that was read said that it is the last one of its connection. */
  public boolean isLast() {
    return last;
  }

  /** Whether the server closed, and sent nothing before that. */
  public boolean closedSilently() throws IOException {
    return in.read() == -1;
  }

  /** Ends the connection without leaving its port in TIME_WAIT. */
  @Override
  public void close() throws IOException {
    if (!socket.isClosed()) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte next = in.readByte(); next != '\n'; next = in.readByte()) {
      line.write(next);
    }
    return line.toString(UTF_8).strip();
  }
}
