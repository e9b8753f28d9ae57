package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;

/**
 * What answers the requests for one path. Called on the event loop of the request's connection,
 * which it must not block; it answers whenever it is ready, with {@link HttpExchange#respond}. Only
 * its methods reach those behind the router.
 */
@FunctionalInterface
interface Endpoint {
  /** What it can be asked with. */
  default Set<HttpMethod> methods() {
    return Router.READING;
  }

  /**
   * Answers {@code request}, now or later, exactly once.
   *
   * @param request not to be kept until the answer: it holds much, and answers may take their time
   * @param exchange takes the answer
   */
  void handle(RequestHead request, HttpExchange exchange);
}
