package io.github.websocketexporter.http;

import java.nio.charset.StandardCharsets;

/** Shows the configuration in force, with a mask for each secret. */
final class ConfigEndpoint implements Endpoint {
  private final LiveConfig config;

  ConfigEndpoint(LiveConfig config) {
    this.config = config;
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    String text = config.current().text().toString();
    exchange.respond(Response.page(text.getBytes(StandardCharsets.UTF_8)));
  }
}
