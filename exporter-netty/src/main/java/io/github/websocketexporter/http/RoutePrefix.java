package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Takes a prefix off the paths of requests, so that what answers them need not know of it: for a
 * reverse proxy that leaves it on. Immutable.
 *
 * @param prefix with a slash before it and none behind it; empty for none
 * @param within answers what is below it
 * @param outside answers the rest
 */
record RoutePrefix(String prefix, Endpoint within, Endpoint outside) implements Endpoint {
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

  /**
   * Sends whoever asks for {@code /}, or for the prefix without its last slash, to where the pages
   * begin, and says to all others that there is nothing.
   */
  static Endpoint signpost(String prefix) {
    return (request, exchange) -> {
      String path = request.target().path();
      if (path.equals("/")) {
        exchange.respond(Response.seeOther(prefix.substring(1) + "/"));
      } else if (path.equals(prefix)) {
        exchange.respond(Response.seeOther(prefix.substring(prefix.lastIndexOf('/') + 1) + "/"));
      } else {
        exchange.respond(Response.text(HttpResponseStatus.NOT_FOUND, "There is nothing here."));
      }
    };
  }
}
