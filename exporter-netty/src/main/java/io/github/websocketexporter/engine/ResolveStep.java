package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.NamesAndTls;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;

/** Finds the address of the target's host. */
final class ResolveStep implements Step {
  private final Future<NamesAndTls> namesAndTls;

  /** A step that runs only when {@code namesAndTls} is there. */
  ResolveStep(Future<NamesAndTls> namesAndTls) {
    this.namesAndTls = namesAndTls;
  }

  @Override
  public Phase phase() {
    return Phase.RESOLVE;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    AddressPreference preference = attempt.request().module().addresses();
    Future<InetSocketAddress> resolved =
        namesAndTls
            .getNow()
            .resolver()
            .resolve(attempt.loop(), attempt.target().host(), attempt.target().port(), preference);
    resolved.addListener(
        outcome -> {
          if (resolved.isSuccess()) {
            attempt.resolved(resolved.getNow().getAddress());
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
