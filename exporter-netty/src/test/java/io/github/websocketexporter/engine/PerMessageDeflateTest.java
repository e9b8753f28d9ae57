package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Deflated;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerMessageDeflateTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate;client_no_context_takeover ;\tserver_no_context_takeover",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; server_max_window_bits=11",
        "permessage-deflate; server_max_window_bits=12",
        "permessage-deflate; server_max_window_bits=13",
        "permessage-deflate; server_max_window_bits=14",
        "permessage-deflate; server_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=\"8\"",
        "permessage-deflate; server_max_window_bits=\"15\"",
        "permessage-deflate; client_no_context_takeover",
        " permessage-deflate ; server_max_window_bits=12 ; client_no_context_takeover ",
        "permessage-deflate; client_no_context_takeover; server_max_window_bits=\"9\";"
            + " server_no_context_takeover"
      })
  void isAgreedOnWithWhatNeedsNoOffer(String answer) {
    assertThat(PerMessageDeflate.isAgreed(answer)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x-webkit-deflate-frame",
        "PERMESSAGE-DEFLATE",
        "permessage-deflate, permessage-deflate",
        "permessage-deflate;",
        "permessage-deflate; ; server_no_context_takeover",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=15",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=\"15",
        "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; client_no_context_takeover=\"\"",
        "permessage-deflate; server_no_context_takeover=",
        "permessage-deflate; \"server_no_context_takeover\"",
        "permessage-deflate; SERVER_NO_CONTEXT_TAKEOVER",
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; client_max_window_bits=\"15\"",
        "permessage-deflate; server_max_window_bits=0",
        "permessage-deflate; server_max_window_bits=-8",
        "permessage-deflate; server_max_window_bits=+8",
        "permessage-deflate; server_max_window_bits=8.0",
        "permessage-deflate; server_max_window_bits=0x8",
        "permessage-deflate; server_max_window_bits=80",
        "permessage-deflate; server_max_window_bits=100",
        "permessage-deflate; server_max_window_bits=\"\"",
        "permessage-deflate; server_max_window_bits=\"16\"",
        "permessage-deflate; server_max_window_bits=12\"",
        "permessage-deflate; server_max_window_bits='12'",
        "permessage-deflate; server_max_window_bits=10; server_max_window_bits=\"10\"",
        "permessage-deflate server_no_context_takeover",
        "permessage-deflate, x-webkit-deflate-frame",
        "x-webkit-deflate-frame, permessage-deflate",
        "\"permessage-deflate\"",
        "permessage-bzip2",
        "permessage-deflate; level=9",
        "permessage-deflate; server_no_context_takeover; level"
      })
  void isNotAgreedOnWithAnythingElse(String answer) {
    assertThat(PerMessageDeflate.isAgreed(answer)).isFalse();
  }

  @Test
  void compressesEachMessageByItself() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel(PerMessageDeflate.newDeflater());
    for (int i = 0; i < 2; i++) {
      channel.writeOutbound(new TextWebSocketFrame("text ".repeat(100)));

      WebSocketFrame frame = channel.readOutbound();
      assertThat(frame.rsv()).isEqualTo(4);
      byte[] payload = ByteBufUtil.getBytes(frame.content());
      frame.release();
      assertThat(payload).hasSizeLessThan(50);
      assertThat(Deflated.text(payload)).isEqualTo("text ".repeat(100));
    }
    channel.finishAndReleaseAll();
  }

  @Test
  void leavesControlFramesAlone() {
    EmbeddedChannel channel = new EmbeddedChannel(PerMessageDeflate.newDeflater());
    PingWebSocketFrame ping = new PingWebSocketFrame();

    channel.writeOutbound(ping);

    assertThat(channel.<Object>readOutbound()).isSameAs(ping);
    ping.release();
    channel.finishAndReleaseAll();
  }
}
