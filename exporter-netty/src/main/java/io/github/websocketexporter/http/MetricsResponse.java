package io.github.websocketexporter.http;

import io.github.websocketexporter.metrics.Exposition;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.jspecify.annotations.Nullable;

/** Metrics as an answer, in the format and coding that the request asks for. */
final class MetricsResponse {
  private MetricsResponse() {}

  static Response to(HttpExchange exchange, MetricSnapshots snapshots) {
    Exposition.Document document =
        Exposition.render(
            snapshots,
            combined(exchange, HttpHeaderNames.ACCEPT),
            combined(exchange, HttpHeaderNames.ACCEPT_ENCODING));
    Response response =
        Response.of(HttpResponseStatus.OK, document.contentType(), document.body())
            .with(HttpHeaderNames.VARY, "Accept, Accept-Encoding");
    return document.gzip()
        ? response.with(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP.toString())
        : response;
  }

  /** A list-valued field may come in several lines (RFC 9110, section 5.3). */
  private static @Nullable String combined(HttpExchange exchange, CharSequence name) {
    return exchange.headers().contains(name)
        ? String.join(",", exchange.headers().getAll(name))
        : null;
  }
}
