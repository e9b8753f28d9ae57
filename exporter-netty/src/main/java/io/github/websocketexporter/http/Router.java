package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Finds the endpoint of a path. Shared by all connections; immutable. */
final class Router {
  private final Map<String, Endpoint> endpoints;
  private final Endpoint otherwise;

  /**
   * A router.
   *
   * @param otherwise answers, to any method, the requests for every other path
   */
  Router(Map<String, Endpoint> endpoints, Endpoint otherwise) {
    this.endpoints = Map.copyOf(endpoints);
    this.otherwise = otherwise;
  }

  /** A router that answers every other path with a 404. */
  Router(Map<String, Endpoint> endpoints) {
    this(
        endpoints,
        (request, exchange) ->
            exchange.respond(
                Response.text(HttpResponseStatus.NOT_FOUND, "There is nothing here.")));
  }

  /** Hands {@code request} to the endpoint of its path. */
  void route(RequestHead request, HttpExchange exchange) {
    Endpoint endpoint = endpoints.get(request.target().path());
    if (endpoint == null) {
      otherwise.handle(request, exchange);
    } else if (!reads(request.request().method())) {
      exchange.respond(
          Response.text(
                  HttpResponseStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are allowed here.")
              .with(HttpHeaderNames.ALLOW, "GET, HEAD"));
    } else {
      endpoint.handle(request, exchange);
    }
  }

  private static boolean reads(HttpMethod method) {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }
}
