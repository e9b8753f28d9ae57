package io.github.websocketexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.ProbeModule;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProbeResultTest {
  private static final Failure PONG_TIMEOUT = new Failure(Phase.PING, FailureReason.PONG_TIMEOUT);

  @Test
  void holdsNoFactThatTheProbeDidNotFind() throws InvalidTargetException {
    ProbeRequest request = request();
    ProbeResult result = ProbeResult.builder(request).build(7, PONG_TIMEOUT);

    assertThat(result.request()).isSameAs(request);
    assertThat(result.durationNanos()).isEqualTo(7);
    assertThat(result.failure()).isEqualTo(PONG_TIMEOUT);
    assertThat(result.timings()).isSameAs(PhaseTimings.NONE);
    assertThat(result.address()).isNull();
    assertThat(result.upgrade()).isNull();
    assertThat(result.tcp()).isNull();
    assertThat(result.tls()).isNull();
    assertThat(result.connectionNanos()).isEmpty();
    assertThat(result.pings()).isNull();
    assertThat(result.roundTrip()).isNull();
  }

  @Test
  void holdsEveryFactThatTheProbeFound() throws Exception {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    PhaseTimings timings = new PhaseTimings.Builder().add(Phase.CONNECT, 5).build();
    PingStatistics pings = PingStatistics.single(0, new RoundTrip(9, 1_500, ArrivalClock.KERNEL));
    TcpFacts tcp = new TcpFacts(1, 2, 3);
    ChainFacts chain = new ChainFacts(4, 5, "fingerprint", "subject", "issuer", "names", "serial");
    TlsFacts tls = new TlsFacts(true, "TLS 1.3", "TLS_AES_128_GCM_SHA256", chain);
    UpgradeFacts upgrade = new UpgradeFacts(101, "chat", "permessage-deflate");
    ProbeResult result =
        ProbeResult.builder(request())
            .timings(timings)
            .address(address)
            .tcp(tcp)
            .tls(tls)
            .upgrade(upgrade)
            .connectionNanos(20)
            .pings(pings)
            .build(30, null);

    assertThat(result.timings()).isSameAs(timings);
    assertThat(result.address()).isEqualTo(address);
    assertThat(result.tcp()).isSameAs(tcp);
    assertThat(result.tls()).isSameAs(tls);
    assertThat(result.upgrade()).isSameAs(upgrade);
    assertThat(result.connectionNanos()).hasValue(20);
    assertThat(result.pings()).isEqualTo(pings);
    assertThat(result.roundTrip()).isSameAs(pings.roundTrip());
    assertThat(result.failure()).isNull();
  }

  @Test
  void succeedsExactlyWhereNothingFailed() throws InvalidTargetException {
    assertThat(ProbeResult.builder(request()).build(1, null).success()).isTrue();
    assertThat(ProbeResult.builder(request()).build(1, PONG_TIMEOUT).success()).isFalse();
  }

  @Test
  void isConnectedOnceAValid101CameEvenIfTheProbeFailsLater() throws InvalidTargetException {
    ProbeResult.Builder builder =
        ProbeResult.builder(request()).upgrade(new UpgradeFacts(101, null, null));

    assertThat(builder.build(1, PONG_TIMEOUT).connected()).isFalse();
    assertThat(builder.connectionNanos(0).build(1, PONG_TIMEOUT).connected()).isTrue();
  }

  @Test
  void hasNoRoundTripWhereNoPongCame() throws InvalidTargetException {
    ProbeResult result =
        ProbeResult.builder(request()).pings(PingStatistics.single(2, null)).build(1, PONG_TIMEOUT);

    assertThat(result.roundTrip()).isNull();
    assertThat(result.pings()).isEqualTo(PingStatistics.single(2, null));
  }

  @Test
  void printsNeitherPathNorQueryNorUserInfoOfItsTarget() throws InvalidTargetException {
    assertThat(ProbeResult.builder(request()).build(1, PONG_TIMEOUT).toString())
        .contains("wss://example.com:443/…")
        .doesNotContain("c4n4ry");
  }

  private static ProbeRequest request() throws InvalidTargetException {
    return new ProbeRequest(
        Target.parse("wss://c4n4ry:c4n4ry@example.com/c4n4ry?token=c4n4ry"),
        ProbeModule.builder("websocket_ping", Duration.ofSeconds(10)).build(),
        Duration.ofSeconds(5));
  }
}
