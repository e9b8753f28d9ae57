package io.github.websocketexporter.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as the bytes of an HTTP answer, in the format and coding that the scraper asks for:
 * Prometheus text 0.0.4 or OpenMetrics 1.0, plain or gzip (RFC 9110, section 12.5).
 */
public final class Exposition {
  private static final int TYPICAL_SIZE = 4096;

  private Exposition() {}

  /**
   * The body of an answer.
   *
   * @param format as the Accept header field of the request wants it: see {@link
   *     ExpositionFormat#of}
   * @param gzip whether the body is gzip; Content-Encoding must say so. As the Accept-Encoding
   *     header field of the request wants it: see {@link #isGzip}
   */
  public static byte[] render(MetricSnapshots snapshots, ExpositionFormat format, boolean gzip) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(TYPICAL_SIZE);
    try (OutputStream out = gzip ? new GZIPOutputStream(body) : body) {
      format.write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return body.toByteArray();
  }

  /**
   * Whether a scraper takes gzip.
   *
   * @param acceptEncoding the Accept-Encoding header field of the request, null if it has none
   */
  public static boolean isGzip(@Nullable String acceptEncoding) {
    return acceptEncoding != null && Weights.of(acceptEncoding, "gzip", "*") > 0;
  }
}
