package io.github.websocketexporter.http;

import io.github.websocketexporter.metrics.Exposition;
import io.github.websocketexporter.metrics.ExpositionFormat;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.ProbeResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The format and coding of metrics as an answer. Immutable; there are only a few. */
final class MetricsResponse {
  private static final Map<ExpositionFormat, MetricsResponse> PLAIN = all(false);
  private static final Map<ExpositionFormat, MetricsResponse> GZIP = all(true);

  private final ExpositionFormat format;
  private final boolean gzip;
  private final String fields;

  private MetricsResponse(ExpositionFormat format, boolean gzip) {
    this.format = format;
    this.gzip = gzip;
    Response response =
        Response.of(HttpResponseStatus.OK, format.contentType(), out -> {})
            .with(HttpHeaderNames.VARY, "Accept, Accept-Encoding");
    fields = (gzip ? response.with(HttpHeaderNames.CONTENT_ENCODING, "gzip") : response).fields();
  }

  private static Map<ExpositionFormat, MetricsResponse> all(boolean gzip) {
    Map<ExpositionFormat, MetricsResponse> all = new EnumMap<>(ExpositionFormat.class);
    for (ExpositionFormat format : ExpositionFormat.values()) {
      all.put(format, new MetricsResponse(format, gzip));
    }
    return all;
  }

  /** What {@code request} asks for. */
  static MetricsResponse askedBy(RequestHead request) {
    ExpositionFormat format = ExpositionFormat.of(request.combined(HttpHeaderNames.ACCEPT));
    boolean gzip = Exposition.isGzip(request.combined(HttpHeaderNames.ACCEPT_ENCODING));
    return Objects.requireNonNull((gzip ? GZIP : PLAIN).get(format));
  }

  /** The exporter's own metrics: rendered at once. */
  Response of(MetricSnapshots snapshots) {
    byte[] body = Exposition.render(snapshots, format, gzip);
    return new Response(HttpResponseStatus.OK, fields, out -> out.writeBytes(body));
  }

  /** Those of a probe: rendered into the buffer that is sent, when it is. */
  Response of(ProbeResult result) {
    return new Response(
        HttpResponseStatus.OK,
        fields,
        gzip ? out -> compress(result, out) : out -> write(result, out));
  }

  private void compress(ProbeResult result, ByteBuf out) {
    ByteBuf plain = out.alloc().ioBuffer(Response.TYPICAL_SIZE);
    try {
      write(result, plain);
      Gzip.compress(plain, out);
    } finally {
      plain.release();
    }
  }

  private void write(ProbeResult result, ByteBuf out) {
    try (ByteBufOutputStream stream = new ByteBufOutputStream(out)) {
      ProbeMetrics.write(result, format, stream);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
  }
}
