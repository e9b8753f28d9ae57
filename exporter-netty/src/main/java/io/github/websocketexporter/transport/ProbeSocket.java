package io.github.websocketexporter.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * The TCP socket of a probe: of the family of its peer's address, and without Nagle's delay.
 * Confined to one event loop.
 */
final class ProbeSocket extends Socket {
  private ProbeSocket(int descriptor) {
    super(descriptor);
  }

  /**
   * Opens a socket.
   *
   * @param peer what it will be connected to
   * @param stamped whether the kernel shall stamp what arrives
   * @throws ChannelException if the system has no more of them
   */
  static ProbeSocket open(InetAddress peer, boolean stamped) {
    SocketProtocolFamily family =
        peer instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    ProbeSocket socket = new ProbeSocket(newSocketStream0(family));
    try {
      socket.setTcpNoDelay(true);
      if (stamped) {
        KernelClock.stamp(socket);
      }
      return socket;
    } catch (IOException e) {
      socket.closeQuietly();
      throw new ChannelException(e);
    }
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // What made it unfit is told, and says more.
    }
  }

  /**
   * Reads what has come into the room that {@code buffer}, a direct one, has left.
   *
   * @return the number of bytes; 0 where there are none, -1 at the end of the stream
   */
  int receive(ByteBuf buffer) throws IOException {
    int start = buffer.writerIndex();
    int end = buffer.capacity();
    int received;
    if (buffer.hasMemoryAddress()) {
      received = recvAddress(buffer.memoryAddress(), start, end);
    } else {
      ByteBuffer nio = buffer.internalNioBuffer(start, end - start);
      received = recv(nio, nio.position(), nio.limit());
    }
    if (received > 0) {
      buffer.writerIndex(start + received);
    }
    return received;
  }

  /**
   * Sends of what {@code buffer}, a direct one, holds as much as the kernel takes now.
   *
   * @return the number of bytes; they stay in the buffer
   */
  int send(ByteBuf buffer) throws IOException {
    int start = buffer.readerIndex();
    int end = buffer.writerIndex();
    if (buffer.hasMemoryAddress()) {
      return sendAddress(buffer.memoryAddress(), start, end);
    }
    ByteBuffer nio = buffer.internalNioBuffer(start, end - start);
    return send(nio, nio.position(), nio.limit());
  }
}
