package io.github.websocketexporter.http;

import io.github.websocketexporter.report.History;
import io.github.websocketexporter.report.Pages;
import io.netty.handler.codec.http.HttpResponseStatus;

/** The page of a single probe that is over: {@code /probes/ID}. */
final class RecentProbeEndpoint implements Endpoint {
  private final Pages pages;
  private final History history;

  RecentProbeEndpoint(Pages pages, History history) {
    this.pages = pages;
    this.history = history;
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    String path = request.target().path();
    exchange.respond(
        history
            .find(path.substring(path.lastIndexOf('/') + 1))
            .map(probe -> Response.html(pages.probe(probe)))
            .orElseGet(
                () ->
                    Response.text(
                        HttpResponseStatus.NOT_FOUND,
                        "There is no such probe: it was before the last ones, or in another"
                            + " process.")));
  }
}
