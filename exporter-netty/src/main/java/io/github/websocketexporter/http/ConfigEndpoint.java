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
    byte[] text = config.current().text().toString().getBytes(StandardCharsets.UTF_8);
    exchange.respond(Response.page(text));
  }
}
