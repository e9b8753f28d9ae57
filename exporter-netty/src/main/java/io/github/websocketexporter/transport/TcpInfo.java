package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.TcpFacts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a TCP connection ({@code TCP_INFO}, tcp(7)), with the epoll transport.
 *
 * <pre>
 *   struct tcp_info (linux/tcp.h)
 *    52 u32 tcpi_last_data_recv   ms
 *    68 u32 tcpi_rtt              us
 *    72 u32 tcpi_rttvar           us
 *   100 u32 tcpi_total_retrans
 * </pre>
 */
public final class TcpInfo {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;

  private static final int LAST_DATA_RECV = 52;
  private static final int RTT = 68;
  private static final int RTTVAR = 72;
  private static final int TOTAL_RETRANS = 100;
  private static final int BYTES = 104;

  private TcpInfo() {}

  /** The facts of {@code channel}; null where it is not connected or the transport has none. */
  public static @Nullable TcpFacts of(Channel channel) {
    return read(
        channel,
        info ->
            new TcpFacts(
                TimeUnit.MICROSECONDS.toNanos(u32(info, RTT)),
                TimeUnit.MICROSECONDS.toNanos(u32(info, RTTVAR)),
                u32(info, TOTAL_RETRANS)));
  }

  /**
   * How long ago the newest data of {@code channel} came in, in nanoseconds and steps of a few
   * milliseconds; -1 where that is not known.
   */
  static long sinceDataNanos(Channel channel) {
    Long nanos = read(channel, info -> TimeUnit.MILLISECONDS.toNanos(u32(info, LAST_DATA_RECV)));
    return nanos == null ? -1 : nanos;
  }

  private static <T> @Nullable T read(Channel channel, Function<ByteBuffer, T> reader) {
    if (!(channel instanceof ProbeChannel probe) || !probe.isActive()) {
      return null;
    }
    ByteBuf memory = channel.alloc().directBuffer(BYTES);
    try {
      ByteBuffer info = memory.internalNioBuffer(0, BYTES);
      int start = info.position();
      probe.socket().getRawOpt(IPPROTO_TCP, TCP_INFO, info);
      return reader.apply(info.position(start).slice().order(ByteOrder.nativeOrder()));
    } catch (IOException | ChannelException e) {
      return null;
    } finally {
      memory.release();
    }
  }

  private static long u32(ByteBuffer info, int offset) {
    return Integer.toUnsignedLong(info.getInt(offset));
  }
}
