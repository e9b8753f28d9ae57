package io.github.websocketexporter.testing;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports of the loopback. */
public final class Ports {
  private Ports() {}

  /** A port on which nothing listens. */
  public static int closed() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Holds a port that the system gives to nobody meanwhile. Only a program that asks for this very
   * port can listen on it, as servers do with {@code SO_REUSEADDR}.
   */
  public static Socket reserved() throws IOException {
    Socket socket = new Socket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return socket;
  }

  /** Whether the loopback has an IPv6 address. */
  public static boolean hasIp6() {
    try (ServerSocket probe = new ServerSocket(0, 1, NetUtil.LOCALHOST6)) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
