package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.Prober;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import org.junit.jupiter.api.Test;

/** What the places of {@code max-in-flight} come to. */
class ProbeEndpointTest {
  @Test
  void aProbeThatABugKeepsFromStartingTakesNoPlace() throws Exception {
    LoadedConfig config =
        ConfigLoader.parse(null, new ConfigLoader.Flags().set("test", "probe.max-in-flight", "1"))
            .read();
    ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1.2.3", "abcdef"));
    Prober broken =
        (request, onResult) -> {
          throw new IllegalStateException("a bug");
        };
    ProbeEndpoint endpoint = new ProbeEndpoint(LiveConfig.of(config), loop -> broken, metrics);
    String uri = "/probe?target=ws://127.0.0.1:1/";
    RequestHead head =
        new RequestHead(
            new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri),
            RequestTarget.parse(uri, false, ""));
    EmbeddedChannel channel = new EmbeddedChannel();
    HttpExchange exchange = new HttpExchange(channel, answer -> {});

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> endpoint.handle(head, exchange)).hasMessage("a bug");
    }

    assertThat(metrics.snapshots())
        .filteredOn(each -> each.getMetadata().getName().endsWith("_probes_in_flight"))
        .flatExtracting(MetricSnapshot::getDataPoints)
        .singleElement()
        .asInstanceOf(type(GaugeDataPointSnapshot.class))
        .returns(0.0, GaugeDataPointSnapshot::getValue);
    channel.finishAndReleaseAll();
  }
}
