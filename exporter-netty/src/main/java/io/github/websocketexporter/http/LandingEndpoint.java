package io.github.websocketexporter.http;

import io.github.websocketexporter.config.WebSettings;
import io.github.websocketexporter.metrics.BuildInfo;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** A page for people: what this is, a form to probe with, and where the rest is. */
final class LandingEndpoint implements Endpoint {
  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>websocket-exporter</title>
      </head>
      <body>
      <h1>websocket-exporter</h1>
      <p>Measures WebSocket ping-pong latency. Version %s.</p>
      <form action="%s" method="get">
      <label for="target">Target</label>
      <input id="target" name="target" size="60" required placeholder="wss://host/path">
      <button type="submit">Probe</button>
      </form>
      <ul>
      <li><a href="%s">Metrics of the exporter</a></li>
      <li><a href="/config">Configuration</a></li>
      <li><a href="/-/healthy">Healthy</a></li>
      <li><a href="/-/ready">Ready</a></li>
      </ul>
      </body>
      </html>
      """;

  private final byte[] page;

  LandingEndpoint(WebSettings web, BuildInfo build) {
    page =
        PAGE.formatted(build.version(), web.probePath(), web.telemetryPath())
            .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    exchange.respond(
        Response.of(HttpResponseStatus.OK, "text/html; charset=utf-8", page)
            .with(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'")
            .with("x-content-type-options", "nosniff")
            .with("referrer-policy", "no-referrer"));
  }
}
