package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Modules;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that is reset in the middle of the messages, found out by the next one. */
class UnsentMessageTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final FrozenProbe probe =
      FrozenProbe.start(
          Modules.of(
              "messages = [{ send = a, expect = y }, { send = b }, { send = c, expect = z }]"),
          LIMIT);
  private final BrokenSocket socket = new BrokenSocket();

  @AfterEach
  void closeProbe() {
    probe.close();
  }

  @Test
  void endsTheProbeAndAllThatBelongsToIt() {
    probe.clientToServer();
    probe.serverToClient();
    probe.clientToServer();
    probe.server().<WebSocketFrame>readInbound().release();
    probe.client().pipeline().addFirst(socket);
    probe.server().writeOutbound(new TextWebSocketFrame("y"));
    probe.serverToClient();

    assertThat(probe.onlyResult().failure())
        .isEqualTo(new Failure(Phase.MESSAGES, FailureReason.CONNECTION_RESET));
    assertThat(socket.writes).as("the message b, and a Close").isEqualTo(2);
    probe.client().close();
    assertThat(probe.client().runScheduledPendingTasks()).as("the next timer").isEqualTo(-1);
  }

  /** In place of a socket that the peer has reset. */
  private static final class BrokenSocket extends ChannelOutboundHandlerAdapter {
    private int writes;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      writes++;
      ReferenceCountUtil.release(message);
      promise.setFailure(new SocketException("Connection reset"));
    }
  }
}
