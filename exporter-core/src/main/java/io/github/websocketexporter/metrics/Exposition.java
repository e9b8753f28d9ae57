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
   * @param contentType the value of Content-Type
   * @param gzip whether {@code body} is gzip; Content-Encoding must say so
   * @param body the bytes; not copied, so not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // handed from here to the socket, and never compared
  public record Document(String contentType, boolean gzip, byte[] body) {}

  /**
   * Renders {@code snapshots}.
   *
   * @param accept the Accept header field of the request: see {@link ExpositionFormat#of}
   * @param acceptEncoding the Accept-Encoding header field of the request: see {@link #isGzip}
   */
  public static Document render(
      MetricSnapshots snapshots, @Nullable String accept, @Nullable String acceptEncoding) {
    ExpositionFormat format = ExpositionFormat.of(accept);
    boolean gzip = isGzip(acceptEncoding);
    ByteArrayOutputStream body = new ByteArrayOutputStream(TYPICAL_SIZE);
    try (OutputStream out = gzip ? new GZIPOutputStream(body) : body) {
      format.write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return new Document(format.contentType(), gzip, body.toByteArray());
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
