package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.transport.ArrivalTimer;
import io.github.websocketexporter.transport.Departure;
import io.github.websocketexporter.transport.HandlerNames;
import io.github.websocketexporter.transport.HoldsBytes;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Times one probe and its phases, from when it is made. A phase that waits for an answer of the
 * peer's ends with the arrival of that, not with its handling. Confined to one event loop.
 */
final class Stopwatch {
  private final NanoClock clock;
  private final ArrivalTimer timer;
  private final PhaseTimings.Builder timings = new PhaseTimings.Builder();
  private final long startNanos;
  private long phaseStartNanos;
  private @Nullable Departure departure;
  private OptionalLong arrivalNanos = OptionalLong.empty();

  /**
   * A stopwatch that runs.
   *
   * @param timer times the answers of the peer, by the same clock
   */
  Stopwatch(NanoClock clock, ArrivalTimer timer) {
    this.clock = clock;
    this.timer = timer;
    startNanos = clock.nanoTime();
  }

  /** The handler that times the answers of the peer, for the connection's pipeline. */
  ArrivalTimer timer() {
    return timer;
  }

  /** The time since the start of the probe. */
  long elapsedNanos() {
    return clock.nanoTime() - startNanos;
  }

  /** Begins a phase. */
  void beginPhase() {
    phaseStartNanos = clock.nanoTime();
    departure = null;
    arrivalNanos = OptionalLong.empty();
  }

  /**
   * Moves the beginning of the phase to the moment when its first bytes, which are about to be
   * written, are handed to the socket.
   */
  Departure depart() {
    departure = timer.depart();
    return departure;
  }

  /** The same for bytes that are not the first ones of their phase. */
  Departure departAgain() {
    return timer.depart();
  }

  /** The same for what the peer is to send unasked: nothing is handed to the socket, but now. */
  Departure listen() {
    return timer.listen();
  }

  /** The time since {@code sent} was handed to the socket. */
  long sinceNanos(Departure sent) {
    return clock.nanoTime() - sent.nanos();
  }

  /**
   * Notes that the answer to {@code sent} has just been found in what was read.
   *
   * @return how long it took
   */
  long arrived(Departure sent) {
    long nanos = timer.arrivalNanos(sent);
    arrivalNanos = OptionalLong.of(nanos);
    return nanos - sent.nanos();
  }

  /**
   * Notes that the answer to {@code sent} has just been found in what was read from {@code channel}
   * and measures how long it took.
   */
  RoundTrip roundTrip(Channel channel, Departure sent) {
    RoundTrip roundTrip = timer.roundTrip(channel, sent, bytesFollow(channel.pipeline()));
    long arrived = sent.nanos() + roundTrip.nanos();
    arrivalNanos = OptionalLong.of(Math.max(arrived, arrivalNanos.orElse(arrived)));
    return roundTrip;
  }

  private static boolean bytesFollow(ChannelPipeline pipeline) {
    return holdsBytes(pipeline.get(HandlerNames.TLS))
        || holdsBytes(pipeline.get(HandlerNames.WS_DECODER));
  }

  private static boolean holdsBytes(@Nullable ChannelHandler handler) {
    return handler instanceof HoldsBytes decoder && decoder.holdsBytes();
  }

  /** The time from the start of the probe to the answer that has just arrived. */
  long arrivalElapsedNanos() {
    return Math.max(0, arrivalNanos.orElseThrow() - startNanos);
  }

  /** Ends the phase: with the last answer that arrived in it if it succeeded, else now. */
  void endPhase(Phase phase, boolean success) {
    long endNanos =
        success && arrivalNanos.isPresent() ? arrivalNanos.getAsLong() : clock.nanoTime();
    long beginNanos = departure == null ? phaseStartNanos : departure.nanos();
    timings.began(phase, beginNanos - startNanos).add(phase, endNanos - beginNanos);
  }

  /** The phases that have ended. */
  PhaseTimings timings() {
    return timings.build();
  }
}
