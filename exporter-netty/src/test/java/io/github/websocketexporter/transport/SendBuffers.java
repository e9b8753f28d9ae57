package io.github.websocketexporter.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;

/** The kernel's send buffers of probes' channels, for tests outside of this package. */
public final class SendBuffers {
  private SendBuffers() {}

  /** Makes the send buffer of {@code channel} that small. */
  public static void set(Channel channel, int bytes) throws IOException {
    if (channel instanceof ProbeChannel probe) {
      probe.socket().setSendBufferSize(bytes);
    } else {
      channel.config().setOption(ChannelOption.SO_SNDBUF, bytes);
    }
  }
}
