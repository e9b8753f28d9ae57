package io.github.websocketexporter.http;

import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.charset.StandardCharsets;

/**
 * Shows the configuration in force, with a mask for each secret. It may be long, and is not written
 * on an event loop that probes.
 */
final class ConfigEndpoint implements Endpoint {
  private final LiveConfig config;

  ConfigEndpoint(LiveConfig config) {
    this.config = config;
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    GlobalEventExecutor.INSTANCE.execute(() -> answer(exchange));
  }

  private void answer(HttpExchange exchange) {
    try {
      byte[] text = config.current().text().toString().getBytes(StandardCharsets.UTF_8);
      exchange.respond(Response.page(text));
    } catch (RuntimeException | Error e) {
      exchange.respond(Response.ofBug(e));
    }
  }
}
