package io.github.websocketexporter.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Linux's {@code getsockopt(IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE)}, for what it does besides: it
 * copies what a TCP socket has received into a buffer and says when the last byte of that came in,
 * as {@code recvmsg} does, which Netty does not have. Structures as in linux/tcp.h and
 * linux/socket.h, of 64-bit machines. One object for all sockets of an event loop; confined to it.
 *
 * <pre>
 *   struct tcp_zerocopy_receive                 control message (SCM_TIMESTAMPNS)
 *   20 s32 err           the socket's error      0 u64 length
 *   24 u64 copybuf_address                       8 s32 level  SOL_SOCKET
 *   32 s32 copybuf_len   in: room, out: bytes   12 s32 type   SO_TIMESTAMPNS
 *   40 u64 msg_control   address                16 s64 seconds
 *   48 u64 msg_controllen                       24 s64 nanoseconds
 * </pre>
 */
public final class ZeroCopyReceive {
  /** That there is no stamp. */
  public static final long NO_STAMP = Long.MIN_VALUE;

  static final int SOL_SOCKET = 1;
  static final int SO_TIMESTAMPNS = 35;

  private static final int IPPROTO_TCP = 6;
  private static final int TCP_ZEROCOPY_RECEIVE = 35;

  private static final int STRUCT_BYTES = 64;
  private static final int ERR = 20;
  private static final int COPYBUF_ADDRESS = 24;
  private static final int COPYBUF_LEN = 32;
  private static final int MSG_CONTROL = 40;
  private static final int MSG_CONTROLLEN = 48;

  private static final int CONTROL_BYTES = 128;
  private static final int CMSG_LEVEL = STRUCT_BYTES + 8;
  private static final int CMSG_TYPE = STRUCT_BYTES + 12;
  private static final int CMSG_SECONDS = STRUCT_BYTES + 16;
  private static final int CMSG_NANOS = STRUCT_BYTES + 24;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(STRUCT_BYTES + CONTROL_BYTES).order(ByteOrder.nativeOrder());
  private final ByteBuffer struct = memory.slice(0, STRUCT_BYTES);
  private final long controlAddress = Buffer.memoryAddress(memory) + STRUCT_BYTES;
  private long stampEpochNanos = NO_STAMP;
  private int error;

  /**
   * Takes all that {@code socket} has received, if it fits into the {@code room} bytes behind what
   * {@code buffer}, a direct one, holds.
   *
   * @return the number of bytes taken; 0 where there are none, where they do not fit, at the end of
   *     the stream and after an error: an ordinary read says which, but for {@link #error()}
   */
  public int receive(Socket socket, ByteBuf buffer, int room) {
    stampEpochNanos = NO_STAMP;
    error = 0;
    int start = buffer.writerIndex();
    for (int at = 0; at < CMSG_NANOS; at += Long.BYTES) {
      memory.putLong(at, 0);
    }
    memory.putLong(COPYBUF_ADDRESS, address(buffer) + start);
    memory.putInt(COPYBUF_LEN, room);
    memory.putLong(MSG_CONTROL, controlAddress);
    memory.putLong(MSG_CONTROLLEN, CONTROL_BYTES);
    try {
      socket.getRawOpt(IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, struct.clear());
    } catch (IOException | ChannelException e) {
      return 0;
    }
    error = memory.getInt(ERR);
    int received = memory.getInt(COPYBUF_LEN);
    if (received <= 0) {
      return 0;
    }
    buffer.writerIndex(start + received);
    if (memory.getInt(CMSG_LEVEL) == SOL_SOCKET && memory.getInt(CMSG_TYPE) == SO_TIMESTAMPNS) {
      stampEpochNanos = memory.getLong(CMSG_SECONDS) * 1_000_000_000L + memory.getLong(CMSG_NANOS);
    }
    return received;
  }

  /**
   * When the last of the bytes came in that {@link #receive} took, in nanoseconds since the epoch;
   * {@link #NO_STAMP} if the kernel did not say.
   */
  public long stampEpochNanos() {
    return stampEpochNanos;
  }

  /**
   * The error of the socket, which {@link #receive} has taken off it so that no later read will see
   * it: a negative errno; 0 if there is none.
   */
  int error() {
    return error;
  }

  /** Where the memory of {@code buffer} begins, also where Netty may not use Unsafe. */
  private static long address(ByteBuf buffer) {
    if (buffer.hasMemoryAddress()) {
      return buffer.memoryAddress();
    }
    ByteBuffer nio = buffer.internalNioBuffer(0, buffer.capacity());
    return Buffer.memoryAddress(nio) + nio.position();
  }
}
