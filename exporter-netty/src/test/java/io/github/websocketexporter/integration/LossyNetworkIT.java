package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A connection that is held over a network that loses packets. */
class LossyNetworkIT {
  @Test
  void whatTcpSendsAgainIsSlowAndWhatDoesNotComeIsLost() throws Exception {
    Assumptions.assumeTrue(
        ScraperProcess.isInstalled("nft"), "nft is not installed: install nftables with apt.");

    assertThat(HostOfItsOwn.run(LossyHost.class))
        .containsExactly(
            "at first: none",
            "lost by TCP's loss: 0.0",
            "connects: 1.0",
            "at first: none",
            "overdue: ping/pong_timeout",
            "then: connect/connect_timeout",
            "connects: 2.0",
            "disconnects: 1.0");
  }
}
