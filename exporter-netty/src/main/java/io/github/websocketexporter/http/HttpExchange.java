package io.github.websocketexporter.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request that waits for its answer. Any thread may call {@link #respond} and {@link #handTo};
 * the rest is confined to the event loop of its connection.
 */
final class HttpExchange {
  private final Channel channel;
  private final Consumer<Response> onResponse;
  private @Nullable Runnable onAbort;
  private boolean over;

  /**
   * An exchange on {@code channel}.
   *
   * @param onResponse writes the answer; called once, on the event loop
   */
  HttpExchange(Channel channel, Consumer<Response> onResponse) {
    this.channel = channel;
    this.onResponse = onResponse;
  }

  Channel channel() {
    return channel;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  /** Runs {@code action} if the client goes away before the answer. */
  void onAbort(Runnable action) {
    onAbort = action;
  }

  /** Answers. Does nothing if the client has gone away, or was answered. */
  void respond(Response response) {
    if (!loop().inEventLoop()) {
      loop().execute(() -> respond(response));
    } else if (!over) {
      over = true;
      onResponse.accept(response);
    }
  }

  /** Has {@code endpoint} answer. Does nothing if the client has gone away, or was answered. */
  void handTo(Endpoint endpoint, RequestHead request) {
    if (!loop().inEventLoop()) {
      loop().execute(() -> handTo(endpoint, request));
    } else if (!over) {
      try {
        endpoint.handle(request, this);
      } catch (RuntimeException e) {
        respond(Response.ofBug(e));
      }
    }
  }

  /** Notes that the client has gone away. */
  void abort() {
    if (!over) {
      over = true;
      if (onAbort != null) {
        onAbort.run();
      }
    }
  }
}
