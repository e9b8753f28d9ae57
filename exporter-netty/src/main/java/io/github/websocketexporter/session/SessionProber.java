package io.github.websocketexporter.session;

import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Answers scrapes of continuous modules from sessions, and has all others probed. */
final class SessionProber implements Prober {
  private final Sessions sessions;
  private final EventLoop loop;
  private final NettyProber probes;

  /**
   * A prober for the scrapes that come in on one event loop.
   *
   * @param probes the prober of that loop
   */
  SessionProber(Sessions sessions, EventLoop loop, NettyProber probes) {
    this.sessions = sessions;
    this.loop = loop;
    this.probes = probes;
  }

  @Override
  public boolean isReadyFor(ProbeRequest request) {
    return probes.isReadyFor(request);
  }

  /**
   * A session is answered at once from what it has; only its first scrape waits, for a connection
   * that is made like that of any probe. Of the sessions of other loops this one does not know.
   */
  @Override
  public boolean hasTimeFor(ProbeRequest request) {
    return isOfSession(request) || probes.hasTimeFor(request);
  }

  private boolean isOfSession(ProbeRequest request) {
    if (request.module().continuous() == null) {
      return false;
    }
    LoopSessions.Key key = LoopSessions.Key.of(request);
    LoopSessions owner = sessions.loopOf(key);
    return owner.loop().executor() != loop || owner.has(key);
  }

  @Override
  public Probe start(ProbeRequest request, Consumer<ProbeResult> onResult) {
    if (request.module().continuous() == null) {
      return probes.start(request, onResult);
    }
    LoopSessions.Key key = LoopSessions.Key.of(request);
    LoopSessions owner = sessions.loopOf(key);
    EventLoop other = owner.loop().executor();
    if (other == loop) {
      return owner.scrape(key, request, onResult);
    }
    CompletableFuture<Probe> scrape = new CompletableFuture<>();
    other.execute(
        () ->
            scrape.complete(
                owner.scrape(key, request, result -> loop.execute(() -> onResult.accept(result)))));
    return () -> scrape.thenAccept(begun -> other.execute(begun::cancel));
  }
}
