package io.github.websocketexporter.transport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** A bare, non-blocking socket, as Netty has it below its channels, and its peer. */
record RawPair(ProbeSocket socket, java.net.Socket peer) implements AutoCloseable {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int TCP_INFO_BYTES = 136;
  private static final int TCP_CLOSE = 7;
  private static final int BYTES_RECEIVED = 128;

  /** Connects the two over the loopback. */
  static RawPair connect() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ProbeSocket socket = ProbeSocket.open(server.getInetAddress(), false);
      socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
      java.net.Socket peer = server.accept();
      peer.setTcpNoDelay(true);
      return new RawPair(socket, peer);
    }
  }

  /** Sends from the peer. */
  void send(byte[] bytes) throws IOException {
    peer.getOutputStream().write(bytes);
  }

  /** Ends the stream of the peer's. */
  void sendEof() throws IOException {
    peer.shutdownOutput();
  }

  /** Resets the connection from the peer. */
  void reset() throws IOException {
    peer.setSoLinger(true, 0);
    peer.close();
  }

  /**
   * Awaits that the kernel has so many bytes for the socket, counted from its beginning; the end of
   * the stream counts as one.
   */
  void awaitReceived(long bytes) {
    await()
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .until(() -> received() >= bytes);
  }

  /** Awaits that the socket knows of the reset. */
  void awaitReset() {
    await()
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .until(() -> info().get(0) == TCP_CLOSE);
  }

  private long received() throws IOException {
    return info().getLong(BYTES_RECEIVED);
  }

  /** The kernel's {@code struct tcp_info}. */
  private ByteBuffer info() throws IOException {
    ByteBuffer info = ByteBuffer.allocateDirect(TCP_INFO_BYTES).order(ByteOrder.nativeOrder());
    socket.getRawOpt(IPPROTO_TCP, TCP_INFO, info);
    return info;
  }

  @Override
  public void close() throws IOException {
    peer.close();
    socket.close();
  }
}
