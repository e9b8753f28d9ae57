package io.github.websocketexporter.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The PINGs of a server. */
class PongHandlerTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new PongHandler());

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private static WebSocketFrame ping(String payload) {
    return new PingWebSocketFrame(Unpooled.copiedBuffer(payload, US_ASCII));
  }

  @Test
  void answersAllOfOneReadInOneSend() {
    channel.writeOneInbound(ping("one"));
    channel.writeOneInbound(ping("two"));
    assertThat(channel.outboundMessages()).isEmpty();

    channel.flushInbound();
    assertThat(channel.outboundMessages()).hasSize(2);
    for (String payload : new String[] {"one", "two"}) {
      PongWebSocketFrame pong = channel.readOutbound();
      assertThat(pong.content().toString(US_ASCII)).isEqualTo(payload);
      pong.release();
    }
  }

  @Test
  void answersTheFirstAndTheLastOfVeryMany() {
    for (int i = 0; i < 100; i++) {
      channel.writeOneInbound(ping("number " + i));
    }

    channel.flushInbound();
    List<String> payloads = new ArrayList<>();
    for (WebSocketFrame pong = channel.readOutbound();
        pong != null;
        pong = channel.readOutbound()) {
      payloads.add(pong.content().toString(US_ASCII));
      pong.release();
    }
    assertThat(payloads).hasSize(17).startsWith("number 0", "number 1").endsWith("number 99");
  }

  @Test
  void keepsNothingWhereItIsTakenOut() {
    for (int i = 0; i < 20; i++) {
      channel.writeOneInbound(ping("number " + i));
    }
    WebSocketFrame last = ping("last");
    channel.writeOneInbound(last);

    channel.pipeline().remove(PongHandler.class);
    assertThat(last.refCnt()).isZero();
  }

  @Test
  void sendsNothingWhereThereWasNoPing() {
    channel.writeInbound(new PongWebSocketFrame());

    assertThat(channel.outboundMessages()).isEmpty();
    assertThat(channel.<WebSocketFrame>readInbound()).isInstanceOf(PongWebSocketFrame.class);
  }

  @Test
  void answersNoMoreWhereThePeerTakesNone() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(32, 64));
    for (int i = 0; i < 100; i++) {
      channel.writeOneInbound(ping("payload"));
    }

    channel.flushInbound();
    assertThat(channel.outboundMessages().size()).isBetween(1, 10);
  }
}
