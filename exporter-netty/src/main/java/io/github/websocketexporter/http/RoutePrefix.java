package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Takes a prefix off the paths of requests, so that what answers them need not know of it: for a
 * reverse proxy that leaves it on. Whoever asks for {@code /}, or for the prefix without its last
 * slash, is sent to where the pages begin; there is nothing else outside of it. Immutable.
 */
final class RoutePrefix implements Endpoint {
  private final String prefix;
  private final Endpoint within;
  private final Endpoint outside;

  /**
   * A prefix.
   *
   * @param prefix with a slash before it and none behind it; empty for none
   * @param guard of all that is asked for, below the prefix or not
   * @param within answers what is below it
   */
  RoutePrefix(String prefix, BasicAuth guard, Endpoint within) {
    this.prefix = prefix;
    this.within = guard.before(within);
    this.outside = guard.before(this::leadInside);
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    RequestTarget target = request.target();
    if (target.path().startsWith(prefix + "/")) {
      RequestTarget rest =
          new RequestTarget(target.path().substring(prefix.length()), target.query());
      within.handle(new RequestHead(request.request(), rest), exchange);
    } else {
      outside.handle(request, exchange);
    }
  }

  private void leadInside(RequestHead request, HttpExchange exchange) {
    String path = request.target().path();
    if (path.equals("/")) {
      exchange.respond(Response.seeOther(prefix.substring(1) + "/"));
    } else if (path.equals(prefix)) {
      exchange.respond(Response.seeOther(prefix.substring(prefix.lastIndexOf('/') + 1) + "/"));
    } else {
      exchange.respond(Response.text(HttpResponseStatus.NOT_FOUND, "There is nothing here."));
    }
  }
}
