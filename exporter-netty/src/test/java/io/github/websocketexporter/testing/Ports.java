package io.github.websocketexporter.testing;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of the loopback. */
public final class Ports {
  private Ports() {}

  /** A port on which nothing listens. */
  public static int closed() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
