package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Set;

/** Loads the configuration anew, where that is enabled: 200 when it is in force, 500 if not. */
final class ReloadEndpoint implements Endpoint {
  private final LiveConfig config;
  private final boolean enabled;

  ReloadEndpoint(LiveConfig config, boolean enabled) {
    this.config = config;
    this.enabled = enabled;
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.POST);
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    if (!enabled) {
      exchange.respond(
          Response.text(
              HttpResponseStatus.FORBIDDEN,
              "Reloading over HTTP is not enabled: start with --web.enable-lifecycle."));
      return;
    }
    config
        .reload()
        .thenAccept(
            failure ->
                exchange.respond(
                    failure
                        .map(why -> Response.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, why))
                        .orElseGet(() -> Response.text(HttpResponseStatus.OK, "Reloaded."))));
  }
}
