package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * An exporter that is asked for addresses that are denied, in every spelling, by names, by names
 * that move, and by redirects: a firewall counts the connections that it begins to them.
 */
class DeniedAddressesIT {
  @Test
  void areNotConnectedToHoweverTheyAreSpelt() throws Exception {
    assumeTrue(
        ScraperProcess.isInstalled("nft"), "nft is not installed: install nftables with apt.");

    List<String> seen = HostOfItsOwn.run(GuardedHost.class).toList();

    assertThat(seen)
        .as(String.join("\n", seen))
        .contains(
            "connections of our own to denied addresses: 10",
            "allowed: none",
            "allowed after all: none",
            "a session whose name moved: target_denied",
            "connections begun to denied addresses: 0")
        .noneMatch(line -> line.startsWith("came through"));
  }
}
