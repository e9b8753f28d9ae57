package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.report.History;
import io.github.websocketexporter.report.Pages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
    ProbeEndpoint endpoint =
        new ProbeEndpoint(
            LiveConfig.of(config),
            loop -> broken,
            metrics,
            new History(1),
            new Pages("1", "/probe", "/metrics"));
    RequestHead head = get("/probe?target=ws://127.0.0.1:1/");
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

  @Test
  void aProbeThatWouldHoldOneConnectionTooManyIsTurnedAway() throws Exception {
    LoadedConfig config = ConfigLoader.parse(null, new ConfigLoader.Flags()).read();
    ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1.2.3", "abcdef"));
    Prober full =
        (request, onResult) -> {
          Failure failure = new Failure(Phase.RESOLVE, FailureReason.TOO_MANY_SESSIONS);
          onResult.accept(ProbeResult.builder(request).build(1, failure));
          return () -> {};
        };
    EmbeddedChannel channel = new EmbeddedChannel();
    List<Response> answers = new ArrayList<>();

    new ProbeEndpoint(
            LiveConfig.of(config),
            loop -> full,
            metrics,
            new History(1),
            new Pages("1", "/probe", "/metrics"))
        .handle(
            get("/probe?module=websocket_continuous&target=ws://127.0.0.1:1/"),
            new HttpExchange(channel, answers::add));

    ByteBuf body = Unpooled.buffer();
    assertThat(answers)
        .singleElement()
        .returns(HttpResponseStatus.SERVICE_UNAVAILABLE, Response::status);
    answers.get(0).body().writeTo(body);
    assertThat(body.toString(UTF_8))
        .isEqualTo("As many connections as sessions.max allows are held.\n");
    assertThat(metrics.snapshots())
        .filteredOn(each -> each.getMetadata().getName().endsWith("_probes_rejected"))
        .flatExtracting(MetricSnapshot::getDataPoints)
        .filteredOn(each -> "max_sessions".equals(each.getLabels().get("reason")))
        .singleElement()
        .asInstanceOf(type(CounterDataPointSnapshot.class))
        .returns(1.0, CounterDataPointSnapshot::getValue);
    channel.finishAndReleaseAll();
  }

  @Test
  void aProbeThatCouldRunOutOfTimeOnTheExportersAccountIsTurnedAway() throws Exception {
    LoadedConfig config = ConfigLoader.parse(null, new ConfigLoader.Flags()).read();
    ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1.2.3", "abcdef"));
    Prober late =
        new Prober() {
          @Override
          public boolean hasTimeFor(ProbeRequest request) {
            return false;
          }

          @Override
          public Probe start(ProbeRequest request, Consumer<ProbeResult> onResult) {
            throw new AssertionError("it was started");
          }
        };
    EmbeddedChannel channel = new EmbeddedChannel();
    List<Response> answers = new ArrayList<>();

    new ProbeEndpoint(
            LiveConfig.of(config),
            loop -> late,
            metrics,
            new History(1),
            new Pages("1", "/probe", "/metrics"))
        .handle(get("/probe?target=ws://127.0.0.1:1/"), new HttpExchange(channel, answers::add));

    assertThat(answers)
        .singleElement()
        .returns(HttpResponseStatus.SERVICE_UNAVAILABLE, Response::status);
    assertThat(metrics.snapshots())
        .filteredOn(each -> each.getMetadata().getName().endsWith("_probes_rejected"))
        .flatExtracting(MetricSnapshot::getDataPoints)
        .filteredOn(each -> "event_loop_delay".equals(each.getLabels().get("reason")))
        .singleElement()
        .asInstanceOf(type(CounterDataPointSnapshot.class))
        .returns(1.0, CounterDataPointSnapshot::getValue);
    channel.finishAndReleaseAll();
  }

  private static RequestHead get(String uri) throws Exception {
    return new RequestHead(
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri),
        RequestTarget.parse(uri, false, ""));
  }
}
