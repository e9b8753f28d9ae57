package io.github.websocketexporter.http;

import io.github.websocketexporter.metrics.Exposition;
import io.github.websocketexporter.metrics.ExpositionFormat;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.ProbeResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Metrics as an answer, in the format and coding that the request asks for. */
final class MetricsResponse {
  private MetricsResponse() {}

  /** The exporter's own: rendered at once. */
  static Response to(HttpExchange exchange, MetricSnapshots snapshots) {
    Exposition.Document document =
        Exposition.render(
            snapshots,
            combined(exchange, HttpHeaderNames.ACCEPT),
            combined(exchange, HttpHeaderNames.ACCEPT_ENCODING));
    return response(
        document.contentType(), document.gzip(), out -> out.writeBytes(document.body()));
  }

  /** Those of a probe: rendered into the buffer that is sent, when it is. */
  static Response to(HttpExchange exchange, ProbeResult result) {
    ExpositionFormat format = ExpositionFormat.of(combined(exchange, HttpHeaderNames.ACCEPT));
    boolean gzip = Exposition.isGzip(combined(exchange, HttpHeaderNames.ACCEPT_ENCODING));
    return response(
        format.contentType(),
        gzip,
        gzip ? out -> compress(result, format, out) : out -> write(result, format, out));
  }

  private static Response response(String contentType, boolean gzip, Response.Body body) {
    Response response =
        Response.of(HttpResponseStatus.OK, contentType, body)
            .with(HttpHeaderNames.VARY, "Accept, Accept-Encoding");
    return gzip
        ? response.with(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP.toString())
        : response;
  }

  private static void compress(ProbeResult result, ExpositionFormat format, ByteBuf out) {
    ByteBuf plain = out.alloc().ioBuffer(Response.TYPICAL_SIZE);
    try {
      write(result, format, plain);
      Gzip.compress(plain, out);
    } finally {
      plain.release();
    }
  }

  private static void write(ProbeResult result, ExpositionFormat format, ByteBuf out) {
    try (ByteBufOutputStream stream = new ByteBufOutputStream(out)) {
      ProbeMetrics.write(result, format, stream);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
  }

  /** A list-valued field may come in several lines (RFC 9110, section 5.3). */
  private static @Nullable String combined(HttpExchange exchange, CharSequence name) {
    List<String> lines = exchange.headers().getAll(name);
    return switch (lines.size()) {
      case 0 -> null;
      case 1 -> lines.get(0);
      default -> String.join(",", lines);
    };
  }
}
