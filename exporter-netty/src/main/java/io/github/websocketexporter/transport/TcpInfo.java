package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.TcpFacts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a TCP connection ({@code TCP_INFO}, tcp(7)), at one moment, with the
 * epoll transport.
 *
 * <pre>
 *   struct tcp_info (linux/tcp.h)
 *    52 u32 tcpi_last_data_recv   ms
 *    68 u32 tcpi_rtt              us
 *    72 u32 tcpi_rttvar           us
 *   100 u32 tcpi_total_retrans
 * </pre>
 *
 * @param sinceDataNanos how long ago the newest data came in, in steps of a few milliseconds
 * @param facts the kernel's view of the connection
 */
record TcpInfo(long sinceDataNanos, TcpFacts facts) {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;

  private static final int LAST_DATA_RECV = 52;
  private static final int RTT = 68;
  private static final int RTTVAR = 72;
  private static final int TOTAL_RETRANS = 100;
  private static final int BYTES = 104;

  private static final FastThreadLocal<ByteBuffer> MEMORY =
      new FastThreadLocal<>() {
        @Override
        protected ByteBuffer initialValue() {
          return ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
        }
      };

  /** Of {@code channel}, now; null where it is not connected or the transport has none. */
  static @Nullable TcpInfo of(Channel channel) {
    if (!(channel instanceof ProbeChannel probe) || !probe.isActive()) {
      return null;
    }
    ByteBuffer memory = MEMORY.get().clear();
    try {
      probe.socket().getRawOpt(IPPROTO_TCP, TCP_INFO, memory);
    } catch (IOException | ChannelException e) {
      return null;
    }
    return new TcpInfo(
        TimeUnit.MILLISECONDS.toNanos(u32(memory, LAST_DATA_RECV)),
        new TcpFacts(
            TimeUnit.MICROSECONDS.toNanos(u32(memory, RTT)),
            TimeUnit.MICROSECONDS.toNanos(u32(memory, RTTVAR)),
            u32(memory, TOTAL_RETRANS)));
  }

  private static long u32(ByteBuffer memory, int offset) {
    return Integer.toUnsignedLong(memory.getInt(offset));
  }
}
