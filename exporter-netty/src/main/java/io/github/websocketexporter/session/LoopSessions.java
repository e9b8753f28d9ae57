package io.github.websocketexporter.session;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober.Probe;
import io.github.websocketexporter.probe.Target;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The sessions of one event loop, which it is confined to. */
final class LoopSessions {
  private final SessionLoop loop;
  private final AtomicInteger count;
  private final Map<Key, Session> sessions = new HashMap<>();
  private long opened;

  /** What there is one session of. */
  record Key(Target target, String module) {
    static Key of(ProbeRequest request) {
      return new Key(request.target(), request.module().name());
    }
  }

  /**
   * No sessions yet.
   *
   * @param count how many there are on all event loops
   */
  LoopSessions(SessionLoop loop, AtomicInteger count) {
    this.loop = loop;
    this.count = count;
  }

  SessionLoop loop() {
    return loop;
  }

  /** Whether there is a session of that. */
  boolean has(Key key) {
    return sessions.containsKey(key);
  }

  /** Answers from the session of {@code request}, which this opens if there is none. */
  Probe scrape(Key key, ProbeRequest request, Consumer<ProbeResult> onResult) {
    Session session = sessions.get(key);
    if (session != null) {
      return session.scrape(request, onResult);
    }
    if (count.incrementAndGet() > loop.settings().max()) {
      count.decrementAndGet();
      Failure full = new Failure(Phase.CONNECT, FailureReason.TOO_MANY_SESSIONS);
      onResult.accept(ProbeResult.builder(request).build(0, full));
      return () -> {};
    }
    Session opening = new Session(loop, request, Schedule.partOf(opened), () -> forget(key));
    opened++;
    sessions.put(key, opening);
    loop.metrics().sessionOpened();
    Probe scrape = opening.scrape(request, onResult);
    opening.open();
    return scrape;
  }

  private void forget(Key key) {
    requireNonNull(sessions.remove(key));
    count.decrementAndGet();
    loop.metrics().sessionClosed();
  }

  /** Adds the TLS settings that they connect by. */
  void addTlsSettingsTo(Set<TlsSettings> all) {
    sessions.values().forEach(session -> session.addTlsSettingsTo(all));
  }

  /** Ends all; done when their connections are gone. */
  void close(CompletableFuture<Void> done) {
    PromiseCombiner all = new PromiseCombiner(loop.executor());
    Map.copyOf(sessions)
        .forEach(
            (key, session) -> {
              forget(key);
              Future<Void> closed =
                  session.close(
                      DisconnectReason.SHUTDOWN, WebSocketCloseStatus.ENDPOINT_UNAVAILABLE);
              all.add(closed);
            });
    Promise<Void> closed = loop.executor().newPromise();
    closed.addListener(outcome -> done.complete(null));
    all.finish(closed);
  }
}
