package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An exporter on a host whose local ports towards the target are all in use. */
class LocalPortsIT {
  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void saysSoAndRecovers(String withoutNativeTransport) throws Exception {
    assertThat(
            HostOfItsOwn.run(
                NarrowHost.class, "-Dio.netty.transport.noNative=" + withoutNativeTransport))
        .containsExactly(
            "HTTP/1.1 503 Service Unavailable",
            "none",
            "websocket_exporter_probe_failures_total{module=\"websocket_ping\",phase=\"connect\","
                + "reason=\"no_local_port\"} 1.0",
            "websocket_exporter_probes_rejected_total{reason=\"no_local_port\"} 1.0",
            "HTTP/1.1 200 OK",
            "none");
  }
}
