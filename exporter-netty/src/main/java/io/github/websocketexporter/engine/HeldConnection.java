package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober.Probe;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.transport.Departure;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that stays open, and over which beats go: PINGs (RFC 6455, section 5.5.2), or the
 * heartbeat that the module has in their place. Confined to its event loop.
 */
public interface HeldConnection {
  /** Asks for a connection, and is told what comes of it, on its event loop. */
  interface Holder {
    /**
     * Takes the connection, once, or hears why there is none.
     *
     * @param result what was found on the way to it
     * @param connection null where the result is a failure
     */
    void opened(ProbeResult result, @Nullable HeldConnection connection);

    /**
     * Hears that the answer to the beat of {@code number} has just been read, or what looks like
     * it: of a PONG, the number may be any.
     */
    void answered(long number);

    /** Hears that a PONG came that answers none of this side's PINGs, whatever their numbers. */
    void unmatched();

    /**
     * Hears that the connection is going, unless this side closed it: once, and nothing after it.
     *
     * @param closeCode the status code of the peer's Close frame; empty if there was none
     */
    void ended(Failure failure, String closeCode);
  }

  /** A connection that is being opened; the probe that does it can be cancelled. */
  interface Opening extends Probe {
    /** What it would have found if it had failed at this moment, by its time running out. */
    ProbeResult soFar();
  }

  /**
   * Sends a beat that carries {@code number}. A heartbeat carries none: its answer is taken for
   * that to the newest one.
   *
   * @return when it was handed to the socket
   */
  Departure beat(long number);

  /** How long the answer took that {@link Holder#answered} is being told of. */
  RoundTrip roundTrip(Departure sent);

  /** No answer is awaited, until the next beat. */
  void rest();

  /** The kernel's view of the connection; null where the transport has none. */
  @Nullable TcpFacts tcpFacts();

  /**
   * Ends it: by a Close frame and some time for the peer to say the same and to close.
   *
   * @param code the status code of that frame
   * @return done when the connection is gone
   */
  Future<Void> close(int code);
}
