package io.github.websocketexporter.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The text formats in which metrics are answered; the client library writes them. */
@SuppressWarnings("ImmutableEnumChecker") // the writer keeps no state, and nobody changes the bytes
public enum ExpositionFormat {
  /** Prometheus text 0.0.4. */
  TEXT(ExpositionFormats::getPrometheusTextFormatWriter),
  /** OpenMetrics 1.0. */
  OPEN_METRICS(ExpositionFormats::getOpenMetricsTextFormatWriter);

  private final ExpositionFormatWriter writer;
  private final String contentType;
  private final byte[] end;

  ExpositionFormat(Function<ExpositionFormats, ExpositionFormatWriter> choice) {
    writer = choice.apply(ExpositionFormats.init());
    contentType = writer.getContentType();
    end = render(new MetricSnapshots());
  }

  /**
   * The format that a scraper asks for: OpenMetrics where it is named and not ranked behind plain
   * text, text 0.0.4 in every other case.
   *
   * @param accept the Accept header field of the request, null if it has none
   */
  public static ExpositionFormat of(@Nullable String accept) {
    if (accept == null) {
      return TEXT;
    }
    double openMetrics = Weights.of(accept, "application/openmetrics-text");
    return openMetrics > 0 && openMetrics >= Weights.of(accept, "text/plain", "text/*", "*/*")
        ? OPEN_METRICS
        : TEXT;
  }

  /** The value of Content-Type. */
  public String contentType() {
    return contentType;
  }

  /** Writes {@code snapshots}, all of an answer. */
  void write(OutputStream out, MetricSnapshots snapshots) throws IOException {
    writer.write(out, snapshots);
  }

  /** What stands behind the last metric of an answer. */
  byte[] end() {
    return end;
  }

  /** All of an answer. */
  byte[] render(MetricSnapshots snapshots) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    try {
      write(lines, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return lines.toByteArray();
  }
}
