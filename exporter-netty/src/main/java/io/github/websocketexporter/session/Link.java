package io.github.websocketexporter.session;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.engine.HeldConnection;
import io.github.websocketexporter.module.ContinuousSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.probe.TcpFacts;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The connection to the target of one session: made, and made again whenever it ends. Has no timer
 * of its own: {@link #turn} does what is due. Confined to one event loop.
 */
final class Link implements HeldConnection.Holder {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  private static final int NORMAL = WebSocketCloseStatus.NORMAL_CLOSURE.code();
  private static final int UNANSWERED = WebSocketCloseStatus.INTERNAL_SERVER_ERROR.code();

  private static final Failure NO_PONG = new Failure(Phase.PING, FailureReason.PONG_TIMEOUT);

  private final SessionLoop loop;
  private final Target target;
  private final double part;
  private final Runnable changed;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final Disconnects disconnects = new Disconnects();
  private final Beats beats;
  private final Renewal renewal;
  private long connects;
  private boolean known;
  private boolean over;

  /** Whether an attempt to connect is under way. */
  private boolean opening;

  private long openedNanos;
  private HeldConnection.@Nullable Opening attempt;
  private @Nullable Pulse pulse;

  /** When to connect again, where there is no connection and no attempt. */
  private long reopenNanos;

  /** What the newest attempt found. */
  private @Nullable ProbeResult found;

  /** What went wrong last, until a newer connection answers. */
  private @Nullable Failure failure;

  /**
   * A link that {@link #open} makes.
   *
   * @param part where in an interval its beats are, from 0 to 1
   * @param changed is called whenever there is something to do at another time than before, or
   *     something to tell
   */
  Link(SessionLoop loop, ProbeRequest request, double part, Runnable changed) {
    this.loop = loop;
    this.part = part;
    this.changed = changed;
    target = request.target();
    renewal = new Renewal(request.module(), loop.settings().maxAge(), part);
    beats = new Beats(settings().buckets(), timeout(), loop.nanoTime());
  }

  private ProbeModule module() {
    return renewal.module();
  }

  private ContinuousSettings settings() {
    return requireNonNull(module().continuous());
  }

  private Duration timeout() {
    return requireNonNull(module().ping().timeout());
  }

  /** Connects. */
  void open() {
    if (renewal.takeNext()) {
      beats.goOn(settings().buckets(), timeout());
    }
    if (found != null) {
      loop.metrics().sessionReconnects();
    }
    opening = true;
    openedNanos = loop.nanoTime();
    ProbeRequest request = new ProbeRequest(target, module(), module().timeout());
    try {
      HeldConnection.Opening begun = loop.prober().open(request, this);
      attempt = opening ? begun : null;
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("target", target).setCause(e).log("a session met a bug");
      Failure bug = new Failure(Phase.CONNECT, FailureReason.INTERNAL_ERROR);
      opened(ProbeResult.builder(request).build(0, bug), null);
    }
  }

  @Override
  public void opened(ProbeResult result, @Nullable HeldConnection connection) {
    opening = false;
    attempt = null;
    if (over) {
      if (connection != null) {
        connection.close(NORMAL);
      }
      return;
    }
    found = result;
    if (connection == null) {
      failed(requireNonNull(result.failure()));
    } else {
      held(connection);
    }
    changed.run();
  }

  private void held(HeldConnection connection) {
    long now = loop.nanoTime();
    connects++;
    beats.beginAnew();
    Schedule schedule = new Schedule(part, module().ping().interval().toNanos());
    boolean oneAtATime = settings().heartbeat() != null;
    pulse = new Pulse(connection, beats, schedule, oneAtATime, loop.metrics(), now);
    renewal.connected(now);
    pulse.turn(now);
  }

  private void failed(Failure why) {
    known = true;
    failure = why;
    beats.loseAll();
    reopenNanos = loop.nanoTime() + backoff.nextNanos();
  }

  @Override
  public void answered(long number) {
    if (pulse == null) {
      return;
    }
    pulse.answered(number, loop.nanoTime());
    if (!known && beats.isKnown()) {
      known = true;
      changed.run();
    }
  }

  @Override
  public void unmatched() {
    beats.unmatched();
  }

  @Override
  public void ended(Failure why, String closeCode) {
    lost(DisconnectReason.of(why.reason()), closeCode, why);
    changed.run();
  }

  /** The connection is gone, or as good as gone, by no wish of ours. */
  private void lost(DisconnectReason reason, String closeCode, Failure why) {
    disconnected(reason, closeCode);
    failed(why);
  }

  private void disconnected(DisconnectReason reason, String closeCode) {
    LoggingEventBuilder line =
        LOG.atDebug()
            .addKeyValue("target", target)
            .addKeyValue("module", module().name())
            .addKeyValue("reason", reason.label());
    (closeCode.isEmpty() ? line : line.addKeyValue("close", closeCode)).log("connection ended");
    backoff.lived(loop.nanoTime() - requireNonNull(pulse).startNanos());
    pulse = null;
    disconnects.count(reason, closeCode);
    loop.metrics().sessionDisconnected(reason);
  }

  /** Does what is due. */
  void turn(long nowNanos) {
    if (pulse != null) {
      beat(pulse, nowNanos);
    } else if (!opening && nowNanos - reopenNanos >= 0) {
      open();
    }
  }

  private void beat(Pulse beating, long nowNanos) {
    if (renewal.nanosToDue(nowNanos) <= 0) {
      failure = failure();
      disconnected(renewal.reason(), "");
      beats.beginAnew();
      beating.connection().close(NORMAL);
      open();
    } else if (beating.turn(nowNanos)) {
      lost(DisconnectReason.PONG_TIMEOUT, "", NO_PONG);
      beating.connection().close(UNANSWERED);
    }
    known |= beats.isKnown();
  }

  /** How long until something is due; {@link Long#MAX_VALUE} while an attempt is under way. */
  long nanosToTurn(long nowNanos) {
    if (pulse != null) {
      return Math.min(renewal.nanosToDue(nowNanos), pulse.nanosToTurn(nowNanos));
    }
    return opening ? Long.MAX_VALUE : reopenNanos - nowNanos;
  }

  /** By which module the connection is made, and when it is made anew. */
  Renewal renewal() {
    return renewal;
  }

  /** Whether a beat is about to be given up, as far as what was read shows. */
  boolean isExpiring(long nowNanos) {
    return pulse != null && beats.nanosToExpiry(nowNanos) <= 0;
  }

  /** Whether there is something to tell: the first attempt is over, and its first beat too. */
  boolean isKnown() {
    return known;
  }

  /** What the newest attempt has found, or has found so far if it is the first. */
  ProbeResult found() {
    return found == null ? requireNonNull(attempt).soFar() : found;
  }

  /** What is wrong; null if nothing is. */
  @Nullable Failure failure() {
    if (pulse == null && failure == null && known && !isBeingReplaced()) {
      return requireNonNull(attempt).soFar().failure();
    }
    if (pulse == null || !beats.isKnown()) {
      return known ? failure : found().success() ? NO_PONG : found().failure();
    }
    return beats.newestAnswered() || !module().ping().required() ? null : NO_PONG;
  }

  /**
   * Whether the connection is there, as far as scrapes are to know: one that was lost, not before
   * it is answered over again; one that is only being replaced, all the time.
   */
  boolean isUp() {
    if (failure != null) {
      return pulse != null && beats.isKnown();
    }
    return pulse != null || isBeingReplaced();
  }

  /** Whether there is no connection only because a good one is being replaced, which is quick. */
  private boolean isBeingReplaced() {
    return opening
        && found != null
        && failure == null
        && loop.nanoTime() - openedNanos < timeout().toNanos();
  }

  /** The kernel's view of the connection; null where there is none. */
  @Nullable TcpFacts tcpFacts() {
    return pulse == null ? null : pulse.connection().tcpFacts();
  }

  /** What became of the beats. */
  Beats beats() {
    return beats;
  }

  /** What it has come to. */
  SessionFacts facts(long nowNanos) {
    return new SessionFacts(
        beats.newestAnswered() && isUp(),
        beats.pings(),
        beats.pongs(),
        beats.late(),
        beats.lost(),
        connects,
        disconnects.counts(),
        beats.roundTrips().copy(),
        pulse == null || !isUp()
            ? OptionalLong.empty()
            : OptionalLong.of(nowNanos - pulse.startNanos()),
        beats.newestEpochMillis());
  }

  /** Ends it for good; done when the connection is gone. */
  Future<Void> close(DisconnectReason reason, WebSocketCloseStatus status) {
    over = true;
    if (attempt != null) {
      attempt.cancel();
    }
    Pulse beating = pulse;
    if (beating == null) {
      return loop.executor().newSucceededFuture(null);
    }
    disconnected(reason, "");
    return beating.connection().close(status.code());
  }
}
