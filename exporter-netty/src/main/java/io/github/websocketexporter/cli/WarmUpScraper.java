package io.github.websocketexporter.cli;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One connection that scrapes, again as soon as it is answered, in turn in each of the formats that
 * scrapers ask for. Answers are dropped.
 */
final class WarmUpScraper extends SimpleChannelInboundHandler<HttpObject> {
  private static final List<String> ACCEPT =
      List.of("text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0");
  private static final List<String> CODING = List.of("identity", "gzip");

  /** There is no certificate here, so its TLS fails; what a probe needs until then is loaded. */
  private static final int ONE_IN_SO_MANY_IS_WSS = 64;

  private final String authority;
  private final BooleanSupplier enough;
  private int asked;

  private WarmUpScraper(String authority, BooleanSupplier enough) {
    this.authority = authority;
    this.enough = enough;
  }

  /**
   * Makes the pipelines of such connections.
   *
   * @param authority address and port of the server, which is also the target
   * @param enough asked before each request; if true, the connection is closed
   */
  static ChannelHandler initializer(String authority, BooleanSupplier enough) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new HttpClientCodec(), new WarmUpScraper(authority, enough));
      }
    };
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ask(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (part instanceof LastHttpContent) {
      ask(context);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void ask(ChannelHandlerContext context) {
    if (enough.getAsBoolean()) {
      context.close();
      return;
    }
    String scheme = asked % ONE_IN_SO_MANY_IS_WSS == 1 ? "wss" : "ws";
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.GET,
            "/probe?target=" + scheme + "://" + authority + "/-/websocket");
    request
        .headers()
        .set(HttpHeaderNames.HOST, authority)
        .set(HttpHeaderNames.ACCEPT, ACCEPT.get(asked / 2 % 2))
        .set(HttpHeaderNames.ACCEPT_ENCODING, CODING.get(asked % 2))
        .set("X-Prometheus-Scrape-Timeout-Seconds", "1");
    asked++;
    context.writeAndFlush(request);
  }
}
