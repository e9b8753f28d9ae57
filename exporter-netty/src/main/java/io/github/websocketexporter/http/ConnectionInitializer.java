package io.github.websocketexporter.http;

import io.github.websocketexporter.config.WebSettings;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Makes the pipeline of each connection that is accepted. One for which there is no place is
 * answered once, over TLS as well, and soon closed: it waits in nobody's way.
 */
final class ConnectionInitializer extends ChannelInitializer<Channel> {
  private static final long SURPLUS_MILLIS = 1_000;
  private static final long SPARE_MILLIS = 200;

  private final WebSettings web;
  private final Connections connections;
  private final Endpoint entrance;
  private final Endpoint surplusEntrance;
  private final Supplier<Protection> protection;
  private final BooleanSupplier draining;

  /**
   * An initializer.
   *
   * @param entrance takes the requests of the connections that have a place
   * @param surplusEntrance those of the others
   * @param protection the one that is in force
   * @param draining whether the server is about to stop: then each answer closes its connection
   */
  ConnectionInitializer(
      WebSettings web,
      Connections connections,
      Endpoint entrance,
      Endpoint surplusEntrance,
      Supplier<Protection> protection,
      BooleanSupplier draining) {
    this.web = web;
    this.connections = connections;
    this.entrance = entrance;
    this.surplusEntrance = surplusEntrance;
    this.protection = protection;
    this.draining = draining;
  }

  @Override
  protected void initChannel(Channel channel) {
    switch (connections.take(channel)) {
      case REGULAR -> serve(channel, entrance, draining);
      case SURPLUS -> serveOnce(channel, SURPLUS_MILLIS);
      case SPARE -> serveOnce(channel, SPARE_MILLIS);
      case NONE -> channel.close();
    }
  }

  private void serveOnce(Channel channel, long millis) {
    serve(channel, surplusEntrance, () -> true);
    ScheduledFuture<?> end =
        channel.eventLoop().schedule(() -> channel.close(), millis, TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(closed -> end.cancel(false));
  }

  private void serve(Channel channel, Endpoint entrance, BooleanSupplier ending) {
    protection.get().begin(channel);
    RequestTimer timer =
        new RequestTimer(channel.eventLoop(), web.idleTimeout(), web.requestTimeout());
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(web.maxRequestLine())
            .setMaxHeaderSize(web.maxHeaderSize());
    channel
        .pipeline()
        .addLast(HandlerNames.HTTP, new RequestDecoder(limits, timer))
        .addLast(
            HandlerNames.REQUESTS,
            new RequestHandler(
                entrance, timer, () -> ending.getAsBoolean() || !protection.get().admits(channel)));
  }
}
