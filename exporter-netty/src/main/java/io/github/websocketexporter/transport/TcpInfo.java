package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.TcpFacts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the kernel knows of a TCP connection (TCP_INFO, tcp(7)), with the epoll transport. */
public final class TcpInfo {
  private TcpInfo() {}

  /** The facts of {@code channel}; null where it is not connected or the transport has none. */
  public static @Nullable TcpFacts of(Channel channel) {
    EpollTcpInfo info = read(channel);
    return info == null
        ? null
        : new TcpFacts(
            TimeUnit.MICROSECONDS.toNanos(info.rtt()),
            TimeUnit.MICROSECONDS.toNanos(info.rttvar()),
            info.totalRetrans());
  }

  /**
   * How long ago the newest data of {@code channel} came in, in nanoseconds and steps of a few
   * milliseconds; -1 where that is not known.
   */
  static long sinceDataNanos(Channel channel) {
    EpollTcpInfo info = read(channel);
    return info == null ? -1 : TimeUnit.MILLISECONDS.toNanos(info.lastDataRecv());
  }

  private static @Nullable EpollTcpInfo read(Channel channel) {
    if (!(channel instanceof EpollSocketChannel socket) || !socket.isActive()) {
      return null;
    }
    try {
      return socket.tcpInfo();
    } catch (ChannelException e) {
      return null;
    }
  }
}
