package io.github.websocketexporter.http;

/**
 * What answers the requests for one path. Called on the event loop of the request's connection,
 * which it must not block; it answers whenever it is ready, with {@link HttpExchange#respond}. Only
 * GET and HEAD reach those behind the router.
 */
interface Endpoint {
  /**
   * Answers {@code request}, now or later, exactly once.
   *
   * @param request not to be kept until the answer: it holds much, and answers may take their time
   * @param exchange takes the answer
   */
  void handle(RequestHead request, HttpExchange exchange);
}
