package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many peers are left time to close. */
class ClosingsTest {
  private final Closings closings = new Closings(1);

  private static EmbeddedChannel webSocket() {
    EmbeddedChannel channel = new EmbeddedChannel(new CloseHandler());
    channel.freezeTime();
    return channel;
  }

  private static void assertSaidClose(EmbeddedChannel channel) {
    CloseWebSocketFrame close = channel.readOutbound();
    assertThat(close.statusCode()).isEqualTo(1000);
    close.release();
  }

  @Test
  void onePeerMoreThanAllowedIsToldAndNotWaitedFor() {
    EmbeddedChannel first = webSocket();
    EmbeddedChannel second = webSocket();

    closings.end(first);
    closings.end(second);

    assertSaidClose(first);
    assertSaidClose(second);
    assertThat(first.isOpen()).isTrue();
    assertThat(second.isOpen()).isFalse();
    first.close();
  }

  @Test
  void aPlaceIsFreeAgainWhenThePeerHasClosedOrWasWaitedForInVain() {
    EmbeddedChannel first = webSocket();
    closings.end(first);
    first.close();

    EmbeddedChannel second = webSocket();
    closings.end(second);
    assertThat(second.isOpen()).isTrue();
    second.advanceTimeBy(1, TimeUnit.SECONDS);
    second.runScheduledPendingTasks();
    assertThat(second.isOpen()).isFalse();

    EmbeddedChannel third = webSocket();
    closings.end(third);
    assertThat(third.isOpen()).isTrue();
    third.close();
    first.releaseOutbound();
    second.releaseOutbound();
    third.releaseOutbound();
  }
}
