package io.github.websocketexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.RoundTrip;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a peer saw of one round trip, by {@link System#nanoTime()}: whatever the prober reports must
 * fit it. The peer's own delays widen what is possible, and make no test fail.
 */
public final class Witness {
  /** For the loopback, which may deliver a little after {@code send} has returned. */
  public static final Duration SLACK = Duration.ofMillis(20);

  private volatile long allowedNanos;
  private volatile long askedNanos;
  private volatile long beforeNanos;
  private volatile long afterNanos;

  /** What sends something. */
  @FunctionalInterface
  public interface Sending {
    void send() throws IOException;
  }

  /** Notes that from now on the question may come. */
  public void allows() {
    allowedNanos = System.nanoTime();
  }

  /** Notes that the question has come. */
  public void asked() {
    askedNanos = System.nanoTime();
  }

  /** Sends the answer. */
  public void answers(Sending answer) throws IOException {
    beforeNanos = System.nanoTime();
    answer.send();
    afterNanos = System.nanoTime();
  }

  /** Accepts the upgrade and awaits the PING. */
  public byte[] awaitPing(Peer peer) throws IOException {
    Peer.Head head = peer.readRequestHead();
    allows();
    peer.send(Peer.switchingProtocols(head));
    byte[] payload = peer.readFrame(Peer.PING).payload();
    asked();
    return payload;
  }

  /** The shortest that the round trip can have been, in nanoseconds. */
  public long shortest() {
    return beforeNanos - askedNanos;
  }

  /** The longest that the round trip can have been, in nanoseconds. */
  public long longest() {
    return afterNanos - allowedNanos;
  }

  /** The truth is no more than the value, and no less than the value less its uncertainty. */
  public void agreesWith(RoundTrip roundTrip) {
    assertThat(roundTrip.nanos())
        .as("%s is no shorter than %s", roundTrip, this)
        .isGreaterThanOrEqualTo(shortest() - TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(roundTrip.nanos() - roundTrip.uncertaintyNanos())
        .as("%s, by its uncertainty, is no longer than %s", roundTrip, this)
        .isLessThanOrEqualTo(longest() + SLACK.toNanos());
  }

  /** Besides, the value is the truth. */
  public void confirms(RoundTrip roundTrip) {
    agreesWith(roundTrip);
    takes(roundTrip.nanos());
  }

  /** A duration is the round trip's, which it is no shorter and hardly longer than. */
  public void takes(long nanos) {
    assertThat(nanos)
        .as("%d ns, seen as %s", nanos, this)
        .isBetween(shortest() - TimeUnit.MILLISECONDS.toNanos(1), longest() + SLACK.toNanos());
  }

  @Override
  public String toString() {
    return "%d to %d ns".formatted(shortest(), longest());
  }
}
