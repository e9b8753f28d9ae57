package io.github.websocketexporter.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String VMAGENT = "text/plain;version=0.0.4;q=1,*/*;q=0.1";
  private static final String PROMETHEUS_3 =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
          + "application/openmetrics-text;version=0.0.1;q=0.5,"
          + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
          + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
  private static final String PROMETHEUS_2 =
      "application/openmetrics-text; version=1.0.0,"
          + "application/openmetrics-text; version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

  private final MetricSnapshots snapshots =
      TextParser.parse(Results.text(Results.successOverTls()));

  @ParameterizedTest(name = "Accept: {0}")
  @NullSource
  @ValueSource(
      strings = {
        VMAGENT,
        "",
        " ",
        "*/*",
        "text/plain",
        "text/*",
        "application/*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/json",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=0.000,*/*",
        "application/openmetrics-text;version=1.0.0;q=0.4,text/plain;q=0.5",
        "application/openmetrics-text;q=0.4,text/*;q=0.5",
        "application/openmetrics-text;q=0.4,*/*",
        "application/openmetrics-text;q=high",
        "application/openmetrics-text;q=",
        "application/openmetrics-texts",
        "x-application/openmetrics-text",
        ";",
        ";;,;",
        ",",
        ",,,",
        ";q=1",
        "q=1",
        "\u0000\ufffd"
      })
  void isPlainTextUnlessOpenMetricsIsNamedAndNotRankedBehind(@Nullable String accept) {
    Document document = rendered(accept, null);

    assertThat(document.contentType()).isEqualTo(TEXT);
    assertThat(document.gzip()).isFalse();
    assertThat(new String(document.body(), UTF_8))
        .startsWith("# HELP ")
        .endsWith("\nprobe_websocket_up 1.0\n")
        .doesNotContain("# EOF");
  }

  @ParameterizedTest(name = "Accept: {0}")
  @ValueSource(
      strings = {
        PROMETHEUS_3,
        PROMETHEUS_2,
        "application/openmetrics-text",
        "Application/OpenMetrics-Text; Version=1.0.0; Q=0.1",
        "application/openmetrics-text,text/plain",
        "text/plain;q=0.5,application/openmetrics-text;q=0.5",
        "text/plain;q=0.5, application/openmetrics-text ; q=0.6",
        "text/plain;q=0,application/openmetrics-text;q=0.1,*/*",
        ";,application/openmetrics-text"
      })
  void isOpenMetricsWhereThatIsNamedAndNotRankedBehind(String accept) {
    Document document = rendered(accept, null);

    assertThat(document.contentType()).isEqualTo(OPEN_METRICS);
    assertThat(document.gzip()).isFalse();
    assertThat(new String(document.body(), UTF_8))
        .startsWith("# TYPE ")
        .endsWith("\nprobe_websocket_up 1.0\n# EOF\n")
        .containsOnlyOnce("# EOF");
  }

  @ParameterizedTest(name = "Accept-Encoding: {0}")
  @ValueSource(
      strings = {
        "gzip",
        "GZip",
        "gzip, deflate, br",
        "deflate, gzip;q=0.5",
        "gzip ; q=0.001",
        "*",
        "*;q=0.1",
        "identity, *",
        "br;q=0, gzip",
        "*;q=0, gzip"
      })
  void isGzipWhereThatIsAccepted(String acceptEncoding) throws IOException {
    Document document = rendered(VMAGENT, acceptEncoding);

    assertThat(document.gzip()).isTrue();
    assertThat(document.contentType()).isEqualTo(TEXT);
    assertThat(document.body()).hasSizeLessThan(plain(VMAGENT).body().length);
    assertThat(unzipped(document)).isEqualTo(plain(VMAGENT).body());
  }

  @ParameterizedTest(name = "Accept-Encoding: {0}")
  @NullSource
  @ValueSource(
      strings = {
        "",
        "identity",
        "deflate, br",
        "gzip;q=0",
        "gzip;q=0.000, *",
        "*;q=0",
        "gzip;q=much",
        "gzipped",
        ";",
        ",",
        ";;;,;"
      })
  void isNotGzipElsewhere(@Nullable String acceptEncoding) {
    Document document = rendered(VMAGENT, acceptEncoding);

    assertThat(document.gzip()).isFalse();
    assertThat(document.contentType()).isEqualTo(TEXT);
    assertThat(document.body()).isEqualTo(plain(VMAGENT).body());
  }

  @Test
  void isGzipInOpenMetricsToo() throws IOException {
    Document document = rendered(PROMETHEUS_3, "gzip");

    assertThat(document.gzip()).isTrue();
    assertThat(document.contentType()).isEqualTo(OPEN_METRICS);
    assertThat(unzipped(document)).isEqualTo(plain(PROMETHEUS_3).body());
  }

  @Test
  void isEmptyWithoutMetrics() {
    assertThat(Results.text(new MetricSnapshots())).isEmpty();
    assertThat(Results.openMetrics(new MetricSnapshots())).isEqualTo("# EOF\n");
  }

  /** What a request with these header fields is answered. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Document(String contentType, boolean gzip, byte[] body) {}

  private Document rendered(@Nullable String accept, @Nullable String acceptEncoding) {
    ExpositionFormat format = ExpositionFormat.of(accept);
    boolean gzip = Exposition.isGzip(acceptEncoding);
    return new Document(format.contentType(), gzip, Exposition.render(snapshots, format, gzip));
  }

  private Document plain(String accept) {
    return rendered(accept, null);
  }

  private static byte[] unzipped(Document document) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(document.body())).readAllBytes();
  }
}
