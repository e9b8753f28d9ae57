package io.github.websocketexporter.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whether this machine's kernel stamps what a TCP socket receives and tells us so. Found out once,
 * when first asked, by a connection to ourselves: gVisor and kernels before about 5.12 do not.
 */
public final class KernelClock {
  /** Makes the kernel stamp what arrives at a socket, or at those that it accepts. */
  public static final IntegerUnixChannelOption TIMESTAMPS =
      new IntegerUnixChannelOption(
          "SO_TIMESTAMPNS", ZeroCopyReceive.SOL_SOCKET, ZeroCopyReceive.SO_TIMESTAMPNS);

  private static final int TRIES = 200;
  private static final int ACCEPT_MILLIS = 1_000;
  private static final int ROOM = 4_096;
  private static final long SAME_CLOCK_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final @Nullable String WHY_NOT = tryOut();

  private KernelClock() {}

  /** Why the kernel cannot be the clock here; null if it can. */
  public static @Nullable String whyNot() {
    return WHY_NOT;
  }

  /** Makes the kernel stamp what arrives at {@code socket}. */
  static void stamp(Socket socket) throws IOException {
    socket.setIntOpt(TIMESTAMPS.level(), TIMESTAMPS.optname(), 1);
  }

  private static @Nullable String tryOut() {
    if (!Epoll.isAvailable()) {
      return "Netty's native transport is not available";
    }
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(ACCEPT_MILLIS);
      Socket client = Socket.newSocketStream();
      try {
        stamp(client);
        client.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
        return stamps(server, client) ? keepOn() : "the kernel does not stamp what TCP receives";
      } finally {
        client.close();
      }
    } catch (IOException | ChannelException e) {
      return "the kernel could not be asked: " + e.getMessage();
    }
  }

  /** The kernel begins to stamp a little after it was first asked to: so more than one try. */
  private static boolean stamps(ServerSocket server, Socket client) throws IOException {
    ZeroCopyReceive kernel = new ZeroCopyReceive();
    ByteBuf buffer = Unpooled.directBuffer(ROOM, ROOM);
    try (java.net.Socket peer = server.accept()) {
      for (int tries = 0; tries < TRIES; tries++) {
        peer.getOutputStream().write(1);
        int received = kernel.receive(client, buffer.clear(), ROOM);
        long error = kernel.stampEpochNanos() - WallClock.SYSTEM.epochNanos();
        if (received > 0 && Math.abs(error) < SAME_CLOCK_NANOS) {
          return true;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      return false;
    } finally {
      buffer.release();
    }
  }

  /**
   * Leaves one idle socket with stamps open for the life of the process. While there is none, the
   * kernel stamps nothing, and takes its time, and all CPUs', to begin.
   */
  private static @Nullable String keepOn() throws IOException {
    stamp(Socket.newSocketStream());
    return null;
  }
}
