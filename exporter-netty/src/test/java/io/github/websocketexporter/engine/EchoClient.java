package io.github.websocketexporter.engine;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.transport.HandlerNames;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A WebSocket client that sends back what it gets. It is a probe in everything but its last step,
 * where it echoes instead of sending a PING, and in the size of the frames that it reads.
 */
public final class EchoClient implements AutoCloseable {
  private static final int LARGEST_MESSAGE = 16 << 20;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Transport transport = Transport.select(TransportKind.AUTO, ClockKind.AUTO);
  private final EventLoopGroup loops = transport.newEventLoops(1);
  private final EventLoop loop = loops.next();

  /** Connects and echoes; done when the connection is gone. */
  public CompletableFuture<Void> echo(String url) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    ProbeRequest request = ProbeRunner.request(url, LIMIT, ProbeRunner.PREFER_IP4);
    List<Step> plan =
        List.of(
            new ConnectStep(transport),
            new UpgradeStep(ProbeRunner.USER_AGENT, LARGEST_MESSAGE),
            new EchoStep(gone));
    loop.execute(
        () ->
            new ProbeAttempt(
                    loop,
                    new Stopwatch(NanoClock.SYSTEM, transport.arrivals().newTimer(loop)),
                    request,
                    new Closings(1),
                    (attempt, result, cause) -> check(result, gone))
                .start(plan));
    return gone;
  }

  private static void check(ProbeResult result, CompletableFuture<Void> gone) {
    if (!result.connected()) {
      gone.completeExceptionally(new AssertionError(result));
    }
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
  }

  /** In place of the ping; it is the server that ends it. */
  private record EchoStep(CompletableFuture<Void> gone) implements Step {
    @Override
    public Phase phase() {
      return Phase.PING;
    }

    @Override
    public void run(ProbeAttempt attempt, Promise<Void> done) {
      Channel channel = attempt.channel();
      channel
          .pipeline()
          .addBefore(HandlerNames.GUARD, null, new WebSocketFrameAggregator(LARGEST_MESSAGE))
          .addBefore(HandlerNames.GUARD, null, new EchoHandler());
      channel.closeFuture().addListener(closed -> gone.complete(null));
    }
  }

  private static final class EchoHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
      if (frame instanceof PingWebSocketFrame) {
        context.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
      } else if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
        context.writeAndFlush(frame.retain());
      }
    }
  }
}
