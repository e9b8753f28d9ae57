package io.github.websocketexporter.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Confined to the event loop of its connection, except {@link
 * #respond}, which any thread may call.
 */
final class HttpExchange {
  private static final int MAX_PARAMETERS = 16;

  private final Channel channel;
  private final HttpRequest request;
  private final Consumer<Response> onResponse;
  private @Nullable Runnable onAbort;
  private boolean over;

  /**
   * An exchange on {@code channel}.
   *
   * @param onResponse writes the answer; called once, on the event loop
   */
  HttpExchange(Channel channel, HttpRequest request, Consumer<Response> onResponse) {
    this.channel = channel;
    this.request = request;
    this.onResponse = onResponse;
  }

  HttpRequest request() {
    return request;
  }

  HttpHeaders headers() {
    return request.headers();
  }

  Channel channel() {
    return channel;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  /** The path of the request as it came, without the query: nothing is decoded or normalized. */
  String path() {
    return QueryStringDecoder.builder().build(request.uri()).rawPath();
  }

  /**
   * The parameters of the query, percent-decoded once and only once. A plus sign stays one: it
   * stands for a space only in HTML forms.
   *
   * @throws IllegalArgumentException if the query is not valid percent-encoding
   */
  Map<String, List<String>> parameters() {
    return QueryStringDecoder.builder()
        .htmlQueryDecoding(false)
        .semicolonIsNormalChar(true)
        .maxParams(MAX_PARAMETERS)
        .build(request.uri())
        .parameters();
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
