package io.github.websocketexporter.report;

import io.github.websocketexporter.metrics.PeerText;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a result to be shown: nothing that is secret, and nothing that is long. A target
 * with a name shows that alone, so what its certificate and its address tell of it is left out.
 */
final class Shown {
  private Shown() {}

  static ProbeResult of(ProbeResult result) {
    ProbeRequest request = result.request();
    boolean named = request.target().isNamed();
    return new ProbeResult(
        new ProbeRequest(
            request.target().withoutSecrets(), request.module().withoutSecrets(), request.limit()),
        result.durationNanos(),
        result.timings(),
        named ? null : result.address(),
        result.tcp(),
        tls(result.tls(), named),
        upgrade(result.upgrade()),
        result.connectionNanos(),
        result.messages(),
        result.pings(),
        result.session(),
        result.failure());
  }

  private static @Nullable TlsFacts tls(@Nullable TlsFacts tls, boolean named) {
    return tls == null
        ? null
        : new TlsFacts(tls.verified(), tls.version(), tls.cipher(), chain(tls.chain(), named));
  }

  private static ChainFacts chain(ChainFacts chain, boolean named) {
    if (named) {
      return new ChainFacts(
          chain.earliestExpirySeconds(), chain.lastChainExpirySeconds(), "", "", "", "", "");
    }
    return new ChainFacts(
        chain.earliestExpirySeconds(),
        chain.lastChainExpirySeconds(),
        chain.fingerprintSha256(),
        PeerText.label(chain.subject()),
        PeerText.label(chain.issuer()),
        PeerText.label(chain.subjectAlternative()),
        PeerText.label(chain.serialNumber()));
  }

  private static @Nullable UpgradeFacts upgrade(@Nullable UpgradeFacts upgrade) {
    return upgrade == null
        ? null
        : new UpgradeFacts(
            upgrade.statusCode(), cut(upgrade.subprotocol()), cut(upgrade.extensions()));
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null ? null : PeerText.label(text);
  }
}
