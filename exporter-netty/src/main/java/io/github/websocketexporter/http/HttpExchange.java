package io.github.websocketexporter.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Any thread may call {@link #respond} and read the request, which does
 * not change; the rest is confined to the event loop of its connection.
 */
final class HttpExchange {
  private final Channel channel;
  private final RequestHead head;
  private final Consumer<Response> onResponse;
  private @Nullable Runnable onAbort;
  private boolean over;

  /**
   * An exchange on {@code channel}.
   *
   * @param onResponse writes the answer; called once, on the event loop
   */
  HttpExchange(Channel channel, RequestHead head, Consumer<Response> onResponse) {
    this.channel = channel;
    this.head = head;
    this.onResponse = onResponse;
  }

  HttpRequest request() {
    return head.request();
  }

  HttpHeaders headers() {
    return request().headers();
  }

  Channel channel() {
    return channel;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  /** The path of the request as it came, without the query: nothing is decoded or normalized. */
  String path() {
    return head.target().path();
  }

  /** The parameters of the query: see {@link RequestTarget#parameters()}. */
  Map<String, List<String>> parameters() {
    return head.target().parameters();
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
