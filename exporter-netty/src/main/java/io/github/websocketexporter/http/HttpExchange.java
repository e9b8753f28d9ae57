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
 * One request and its answer. Any thread may call {@link #respond} and read the request, which does
 * not change; the rest is confined to the event loop of its connection.
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

  /**
   * The path of the request as it came, without the query: nothing is decoded or normalized. A
   * request target in absolute form (RFC 9112, section 3.2.2) counts without scheme and authority.
   */
  String path() {
    String path = QueryStringDecoder.builder().build(request.uri()).rawPath();
    int authority = path.startsWith("/") ? -1 : path.indexOf("://");
    if (authority < 0) {
      return path;
    }
    int slash = path.indexOf('/', authority + 3);
    return slash < 0 ? "/" : path.substring(slash);
  }

  /**
   * The parameters of the query, percent-decoded once and only once. A plus sign stays one: it
   * stands for a space only in HTML forms.
   *
   * @throws IllegalArgumentException if the query is not valid percent-encoding, or has a character
   *     that must be percent-encoded: Netty reads such bytes as Latin-1, which they mostly are not
   */
  Map<String, List<String>> parameters() {
    if (request.uri().chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("not percent-encoded");
    }
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
