package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Finds the endpoint of a path. Shared by all connections; immutable. */
final class Router {
  private final Map<String, Endpoint> endpoints;

  Router(Map<String, Endpoint> endpoints) {
    this.endpoints = Map.copyOf(endpoints);
  }

  /** Hands {@code exchange} to the endpoint of its path: a 404 where there is none. */
  void route(HttpExchange exchange) {
    Endpoint endpoint = endpoints.get(exchange.path());
    if (endpoint == null) {
      exchange.respond(Response.text(HttpResponseStatus.NOT_FOUND, "There is nothing here."));
    } else if (!reads(exchange.request().method())) {
      exchange.respond(
          Response.text(
                  HttpResponseStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are allowed here.")
              .with(HttpHeaderNames.ALLOW, "GET, HEAD"));
    } else {
      endpoint.handle(exchange);
    }
  }

  private static boolean reads(HttpMethod method) {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }
}
