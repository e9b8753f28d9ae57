package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.function.BooleanSupplier;

/** Says whether something holds: 200 if it does, 503 if not. For the probes of Kubernetes. */
final class HealthEndpoint implements Endpoint {
  private final BooleanSupplier holds;
  private final String yes;
  private final String no;

  HealthEndpoint(BooleanSupplier holds, String yes, String no) {
    this.holds = holds;
    this.yes = yes;
    this.no = no;
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    exchange.respond(
        holds.getAsBoolean()
            ? Response.text(HttpResponseStatus.OK, yes)
            : Response.text(HttpResponseStatus.SERVICE_UNAVAILABLE, no));
  }
}
