package io.github.websocketexporter.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address on the loopback that answers no connect: a listener that accepts nothing and whose
 * backlog is full, so that the kernel drops what else comes (Linux, tcp(7)).
 */
public final class Blackhole implements AutoCloseable {
  private static final int MOST = 64;
  private static final int SILENCE_MILLIS = 200;

  private final ServerSocket listener;
  private final List<Socket> backlog = new ArrayList<>();

  private Blackhole(ServerSocket listener) {
    this.listener = listener;
  }

  /** Opens one. */
  public static Blackhole open() throws IOException {
    Blackhole blackhole = new Blackhole(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    while (!blackhole.full()) {
      if (blackhole.backlog.size() > MOST) {
        blackhole.close();
        throw new IOException("the backlog does not fill up here");
      }
    }
    return blackhole;
  }

  /** As a target. */
  public String ws() {
    return "ws://127.0.0.1:" + listener.getLocalPort() + "/";
  }

  /** Where a connect is not answered. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : backlog) {
      socket.close();
    }
  }

  private boolean full() throws IOException {
    Socket socket = new Socket();
    backlog.add(socket);
    try {
      socket.connect(
          new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
          SILENCE_MILLIS);
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }
}
