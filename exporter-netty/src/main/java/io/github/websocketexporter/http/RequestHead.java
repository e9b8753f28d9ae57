package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request that may be answered: checked before anything is done for it.
 *
 * @param request as it was decoded
 * @param target what it asks for
 */
record RequestHead(HttpRequest request, RequestTarget target) {
  /** The largest body that is read, and dropped: nothing here wants one. */
  static final int MAX_BODY = 65_536;

  /**
   * Checks {@code request}.
   *
   * @param secure whether it came over TLS
   * @throws RefusedRequestException if the codec could not decode it, if it is of another HTTP than
   *     1.x, has not exactly one Host (RFC 9112, section 3.2; HTTP/1.0 needs none), announces too
   *     large a body or one in the way of an early WebSocket, or has no valid target
   */
  static RequestHead of(HttpRequest request, boolean secure) throws RefusedRequestException {
    if (request.decoderResult().isFailure()) {
      throw RefusedRequestException.undecodable(request.decoderResult().cause());
    }
    if (request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)) {
      // Of Hixie 76, by which Netty's codec takes what follows for a body of eight bytes.
      throw RefusedRequestException.bad("The request is not valid HTTP.");
    }
    HttpVersion version = request.protocolVersion();
    if (version.majorVersion() != 1) {
      throw new RefusedRequestException(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "Only HTTP/1.1 and 1.0 are spoken here.");
    }
    if (HttpUtil.getContentLength(request, 0L) > MAX_BODY) {
      throw tooLarge();
    }
    return new RequestHead(request, RequestTarget.parse(request.uri(), secure, host(request)));
  }

  HttpHeaders headers() {
    return request.headers();
  }

  /**
   * The value of a list-valued field, null if there is none. It may come in several lines (RFC
   * 9110, section 5.3).
   */
  @Nullable String combined(CharSequence name) {
    List<String> lines = headers().getAll(name);
    return switch (lines.size()) {
      case 0 -> null;
      case 1 -> lines.get(0);
      default -> String.join(",", lines);
    };
  }

  /** That the body of a request is larger than {@link #MAX_BODY}. */
  static RefusedRequestException tooLarge() {
    return new RefusedRequestException(
        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "The request's body is too large.");
  }

  private static String host(HttpRequest request) throws RefusedRequestException {
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    boolean missing = hosts.isEmpty() && request.protocolVersion().minorVersion() > 0;
    if (missing || hosts.size() > 1 || !(hosts.isEmpty() || isAuthority(hosts.get(0)))) {
      throw RefusedRequestException.bad("The request must have one valid Host header.");
    }
    return hosts.isEmpty() ? "" : hosts.get(0);
  }

  /** Whether {@code host} has nothing in it that ends a host and port in a URL, or a space. */
  private static boolean isAuthority(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c > '~' || "/?#@,\\\"<>".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }
}
