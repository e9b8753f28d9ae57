package io.github.websocketexporter.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as the bytes of an HTTP answer, in the format and coding that the scraper asks for:
 * Prometheus text 0.0.4 or OpenMetrics 1.0, plain or gzip (RFC 9110, section 12.5).
 */
public final class Exposition {
  private static final ExpositionFormats FORMATS = ExpositionFormats.init();
  private static final int TYPICAL_SIZE = 4096;

  private Exposition() {}

  /**
   * The body of an answer.
   *
   * @param contentType the value of Content-Type
   * @param gzip whether {@code body} is gzip; Content-Encoding must say so
   * @param body the bytes; not copied, so not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // handed from here to the socket, and never compared
  public record Document(String contentType, boolean gzip, byte[] body) {}

  /**
   * Renders {@code snapshots}.
   *
   * @param accept the Accept header field of the request, null if it has none. OpenMetrics is
   *     chosen where it is named and not ranked behind plain text, text 0.0.4 in every other case
   * @param acceptEncoding the Accept-Encoding header field of the request, null if it has none
   */
  public static Document render(
      MetricSnapshots snapshots, @Nullable String accept, @Nullable String acceptEncoding) {
    ExpositionFormatWriter writer =
        wantsOpenMetrics(accept)
            ? FORMATS.getOpenMetricsTextFormatWriter()
            : FORMATS.getPrometheusTextFormatWriter();
    boolean gzip = acceptEncoding != null && quality(acceptEncoding, "gzip", "*") > 0;
    ByteArrayOutputStream body = new ByteArrayOutputStream(TYPICAL_SIZE);
    try (OutputStream out = gzip ? new GZIPOutputStream(body) : body) {
      writer.write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return new Document(writer.getContentType(), gzip, body.toByteArray());
  }

  private static boolean wantsOpenMetrics(@Nullable String accept) {
    if (accept == null) {
      return false;
    }
    double openMetrics = quality(accept, "application/openmetrics-text");
    return openMetrics > 0 && openMetrics >= quality(accept, "text/plain", "text/*", "*/*");
  }

  /**
   * The weight (RFC 9110, section 12.4.2) that {@code field} gives to the first of {@code ranges}
   * that it names; 0 if it names none. Of a range that stands there several times, with parameters,
   * the highest counts.
   */
  private static double quality(String field, String... ranges) {
    String[] elements = field.toLowerCase(Locale.ROOT).split(",");
    for (String range : ranges) {
      double highest = -1;
      for (String element : elements) {
        String[] parts = element.split(";", -1);
        if (parts[0].trim().equals(range)) {
          highest = Math.max(highest, weight(parts));
        }
      }
      if (highest >= 0) {
        return highest;
      }
    }
    return 0;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
