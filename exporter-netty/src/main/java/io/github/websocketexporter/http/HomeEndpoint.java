package io.github.websocketexporter.http;

import io.github.websocketexporter.report.History;
import io.github.websocketexporter.report.Pages;

/** The page with a form to probe with, the last probes, and where the rest is. */
final class HomeEndpoint implements Endpoint {
  private final Pages pages;
  private final LiveConfig config;
  private final History history;

  HomeEndpoint(Pages pages, LiveConfig config, History history) {
    this.pages = pages;
    this.config = config;
    this.history = history;
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    exchange.respond(Response.html(pages.home(config.current().config(), history)));
  }
}
