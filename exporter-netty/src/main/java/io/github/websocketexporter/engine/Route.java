package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.ProxySettings;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.Target;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way that the connection of a probe takes.
 *
 * @param target where it leads to
 * @param proxy what it leads through; null if it is direct
 */
record Route(Target target, @Nullable ProxySettings proxy) {

  /** The way of the probe {@code request}: through the proxy of its module, if it has one. */
  static Route of(ProbeRequest request) {
    Target target = request.target();
    ProxySettings proxy = request.module().proxy();
    boolean direct =
        proxy == null
            || proxy.noProxy().covers(target.host(), target.literalAddress().orElse(null));
    return new Route(target, direct ? null : proxy);
  }

  /** Whether the target's name is resolved here, and not by a proxy. */
  boolean resolvesTarget() {
    return target.literalAddress().isEmpty()
        && (proxy == null || !proxy.protocol().resolvesNames());
  }

  /** Whether a proxy's name is resolved here. */
  boolean resolvesProxy() {
    return proxy != null && proxy.address().isUnresolved();
  }

  /** The name of the target, not resolved. */
  InetSocketAddress targetName() {
    return InetSocketAddress.createUnresolved(target.host(), target.port());
  }

  /** The name of the proxy, not resolved. */
  InetSocketAddress proxyName() {
    return requireNonNull(proxy).address();
  }
}
