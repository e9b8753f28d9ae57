package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.testing.Ports;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connects that the kernel refuses by itself: no packet leaves this machine. */
class ConnectFailureTest extends EngineTest {
  ConnectFailureTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  /** A multicast group, and the broadcasts of every network and of the loopback's. */
  @ParameterizedTest
  @ValueSource(strings = {"224.0.0.1", "255.255.255.255", "127.255.255.255"})
  void failsWhenTheAddressIsOfNoSingleHost(String address) {
    assertThat(runner.probe("ws://" + address + ":9/"))
        .failedWith(FailureReason.CONNECT_UNREACHABLE, CONNECT)
        .notAnswered()
        .hasAddress(address);
  }

  @Test
  void failsWhenTheIp6AddressIsOfNoSingleHost() {
    assumeTrue(Ports.hasIp6(), "this machine has no IPv6 on its loopback");
    assertThat(runner.probe("ws://[ff02::1]:9/"))
        .failedWith(FailureReason.CONNECT_UNREACHABLE, CONNECT)
        .notAnswered()
        .hasAddress("ff02:0:0:0:0:0:0:1");
  }

  /** Such an address means nothing without the name of an interface: EINVAL. */
  @Test
  void failsWhenTheIp6AddressIsOfAnUnknownLink() {
    assumeTrue(Ports.hasIp6(), "this machine has no IPv6 on its loopback");
    assertThat(runner.probe("ws://[fe80::1]:9/"))
        .failedWith(FailureReason.CONNECT_FAILURE, CONNECT)
        .notAnswered()
        .hasAddress("fe80:0:0:0:0:0:0:1");
  }
}
