package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.NamesAndTls;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Finds the address of a host, the target's or the proxy's. */
final class ResolveStep implements Step {
  private final Future<NamesAndTls> namesAndTls;
  private final Function<Route, InetSocketAddress> name;
  private final BiConsumer<ProbeAttempt, InetAddress> found;

  private ResolveStep(
      Future<NamesAndTls> namesAndTls,
      Function<Route, InetSocketAddress> name,
      BiConsumer<ProbeAttempt, InetAddress> found) {
    this.namesAndTls = namesAndTls;
    this.name = name;
    this.found = found;
  }

  /** A step for the target's name, that runs only when {@code namesAndTls} is there. */
  static ResolveStep ofTarget(Future<NamesAndTls> namesAndTls) {
    return new ResolveStep(namesAndTls, Route::targetName, ProbeAttempt::targetAt);
  }

  /** A step for the proxy's name, that runs only when {@code namesAndTls} is there. */
  static ResolveStep ofProxy(Future<NamesAndTls> namesAndTls) {
    return new ResolveStep(namesAndTls, Route::proxyName, ProbeAttempt::proxyAt);
  }

  @Override
  public Phase phase() {
    return Phase.RESOLVE;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    AddressPreference preference = attempt.request().module().addresses();
    InetSocketAddress host = name.apply(attempt.route());
    Future<InetSocketAddress> resolved =
        namesAndTls
            .getNow()
            .resolver()
            .resolve(attempt.loop(), host.getHostString(), host.getPort(), preference);
    resolved.addListener(
        outcome -> {
          if (resolved.isSuccess()) {
            found.accept(attempt, resolved.getNow().getAddress());
            done.trySuccess(null);
          } else {
            done.tryFailure(failure(resolved.cause(), preference));
          }
        });
  }

  /**
   * A name that has no address of the one family that was asked for may well have one of the other.
   */
  private static Throwable failure(Throwable cause, AddressPreference preference) {
    boolean answeredWithNone = cause.getCause() == null;
    return answeredWithNone && !preference.fallback()
        ? new ProbeFailure(FailureReason.NO_ADDRESS_OF_FAMILY)
        : cause;
  }
}
