package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The bound on open connections, and their common end. */
class ConnectionsTest {
  private final Connections connections =
      new Connections(1, new ExporterMetrics(new BuildInfo("1", "a")));

  private static String sent(EmbeddedChannel channel) {
    ByteBuf out = channel.readOutbound();
    if (out == null) {
      return "";
    }
    try {
      return out.toString(StandardCharsets.US_ASCII);
    } finally {
      out.release();
    }
  }

  @Test
  void oneMoreThanTheLimitIsTurnedAwayAndHasNoPlace() {
    EmbeddedChannel first = new EmbeddedChannel(connections);
    EmbeddedChannel second = new EmbeddedChannel(connections);
    assertThat(first.isOpen()).isTrue();
    assertThat(sent(first)).isEmpty();
    assertThat(second.isOpen()).isFalse();
    assertThat(sent(second))
        .isEqualTo(
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
                + "Content-Length: 0\r\n\r\n");

    first.close();
    EmbeddedChannel third = new EmbeddedChannel(connections);

    assertThat(third.isOpen()).isTrue();
    third.close();
  }

  @Test
  void bytesOfAConnectionThatHasAPlacePass() {
    EmbeddedChannel channel = new EmbeddedChannel(connections);

    channel.writeInbound(Unpooled.copiedBuffer(new byte[] {1}));

    ByteBuf passed = channel.readInbound();
    assertThat(passed.readByte()).isEqualTo((byte) 1);
    passed.release();
    channel.close();
  }

  @Test
  void aConnectionThatWasAcceptedWhileTheDrainBeganIsClosed() {
    connections.takeNoMore();

    assertThat(new EmbeddedChannel(connections).isOpen()).isFalse();
    assertThat(connections.allClosed().isDone()).isTrue();
  }

  @Test
  void closingAllClosesWhateverAConnectionDoes() {
    EmbeddedChannel channel = new EmbeddedChannel(connections);

    connections.closeAll();
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
    assertThat(connections.allClosed().awaitUninterruptibly(5_000)).isTrue();
  }
}
