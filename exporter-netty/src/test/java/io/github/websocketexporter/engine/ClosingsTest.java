package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many peers are left time to close. */
class ClosingsTest {
  private final Closings closings = new Closings(1);

  private EmbeddedChannel webSocket() {
    return webSocket(closings);
  }

  private static EmbeddedChannel webSocket(Closings closings) {
    EmbeddedChannel channel = new EmbeddedChannel(new CloseHandler(closings));
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

  @Test
  void fewPeersAreWaitedForThatHaveAnsweredTheCloseAndLeaveTheRestToUs() {
    Closings many = new Closings(1_000);
    List<EmbeddedChannel> channels = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      channels.add(webSocket(many));
      many.end(channels.get(i));
    }
    assertThat(channels).as("none has answered").allMatch(EmbeddedChannel::isOpen);

    channels.forEach(ClosingsTest::answerClose);
    channels.forEach(ClosingsTest::answerClose);

    assertThat(channels.get(0).isOpen()).isFalse();
    assertThat(channels.subList(1, 65)).allMatch(EmbeddedChannel::isOpen);
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  private static void answerClose(EmbeddedChannel channel) {
    if (channel.isOpen()) {
      channel.writeInbound(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    }
  }

  @Test
  void aPeerThatTakesItsTimeIsWaitedForWhileOthersHaveClosed() {
    Closings many = new Closings(1_000);
    EmbeddedChannel slow = webSocket(many);
    many.end(slow);
    answerClose(slow);
    for (int i = 0; i < 200; i++) {
      EmbeddedChannel quick = webSocket(many);
      many.end(quick);
      answerClose(quick);
      quick.finishAndReleaseAll();
    }
    assertThat(slow.isOpen()).isTrue();
    slow.finishAndReleaseAll();
  }
}
