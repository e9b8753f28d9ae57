package io.github.websocketexporter.http;

/** Turns away what a connection asks for that found all places taken. */
final class SurplusEndpoint implements Endpoint {
  private final Runnable onRejection;

  /**
   * An endpoint.
   *
   * @param onRejection runs for each request that is turned away
   */
  SurplusEndpoint(Runnable onRejection) {
    this.onRejection = onRejection;
  }

  @Override
  public void handle(RequestHead request, HttpExchange exchange) {
    onRejection.run();
    exchange.respond(Response.overloaded("The exporter has no place for another connection."));
  }
}
