package io.github.websocketexporter.http;

/**
 * What answers the requests for one path. Called on the event loop of the request's connection,
 * which it must not block; it answers whenever it is ready, with {@link HttpExchange#respond}. Only
 * GET and HEAD reach it.
 */
interface Endpoint {
  /** Answers {@code exchange}, now or later, exactly once. */
  void handle(HttpExchange exchange);
}
