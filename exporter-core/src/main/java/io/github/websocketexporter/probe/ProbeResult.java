package io.github.websocketexporter.probe;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * All that one probe found. Immutable; a fact that does not exist is absent.
 *
 * <p>Where the connection is held, for which a probe only asks, the phases and the peer are those
 * of when it was made, and the PINGs those of some time (see {@link #session}).
 *
 * @param request what was asked
 * @param durationNanos from the start of the probe to its result
 * @param timings the phases that ran
 * @param address the address that was connected to, if one was chosen
 * @param tcp the kernel's view of the connection, if there was one and the transport has it
 * @param tls what the TLS handshake showed, if the peer presented a certificate
 * @param upgrade the answer to the upgrade request, if one came
 * @param connectionNanos from the start of the probe to the valid 101, if one came
 * @param messages what came of the messages, if the probe came to them
 * @param pings what became of the PINGs, if one was sent
 * @param session what the connection that is held has come to; null where each probe makes its own
 * @param failure where and why the probe failed; null if it succeeded
 */
public record ProbeResult(
    ProbeRequest request,
    long durationNanos,
    PhaseTimings timings,
    @Nullable InetAddress address,
    @Nullable TcpFacts tcp,
    @Nullable TlsFacts tls,
    @Nullable UpgradeFacts upgrade,
    OptionalLong connectionNanos,
    @Nullable MessageFacts messages,
    @Nullable PingStatistics pings,
    @Nullable SessionFacts session,
    @Nullable Failure failure) {

  /** Whether all that the module asks for held. */
  public boolean success() {
    return failure == null;
  }

  /** Whether the WebSocket connection was established: a valid 101 came. */
  public boolean connected() {
    return connectionNanos.isPresent();
  }

  /**
   * Whether as many PONGs came as the module asks for: one at least; where the connection is held,
   * whether the newest PING was answered.
   */
  public boolean answered() {
    if (session != null) {
      return session.answered();
    }
    return pings != null && request.module().ping().isEnough(pings.received());
  }

  /** The round trip of the PING, the median one of several; null if no PONG came. */
  public @Nullable RoundTrip roundTrip() {
    return pings == null ? null : pings.roundTrip();
  }

  /** What is known of the failure for a person to read, by the keys of a log line; no secrets. */
  public Map<String, String> failureDetails() {
    Map<String, String> details = new LinkedHashMap<>();
    if (failure != null && failure.phase() == Phase.MESSAGES && messages != null) {
      details.put("step", messages.step());
      details.put("passed-over", String.valueOf(messages.passedOver()));
      if (messages.mismatch() != null) {
        details.put("mismatch", messages.mismatch().words());
      }
    }
    if (failure != null && failure.detail() != null) {
      details.put(failure.detail().key(), failure.detail().value());
    }
    return details;
  }

  /** Begins the result of {@code request}. */
  public static Builder builder(ProbeRequest request) {
    return new Builder(request);
  }

  /** Collects what a probe finds while it runs. Confined to one thread. */
  public static final class Builder {
    private final ProbeRequest request;
    private PhaseTimings timings = PhaseTimings.NONE;
    private @Nullable InetAddress address;
    private @Nullable TcpFacts tcp;
    private @Nullable TlsFacts tls;
    private @Nullable UpgradeFacts upgrade;
    private OptionalLong connectionNanos = OptionalLong.empty();
    private @Nullable MessageFacts messages;
    private @Nullable PingStatistics pings;

    private Builder(ProbeRequest request) {
      this.request = request;
    }

    /** Notes the durations of the phases. */
    public Builder timings(PhaseTimings value) {
      timings = value;
      return this;
    }

    /** Notes the address that is connected to. */
    public Builder address(InetAddress value) {
      address = value;
      return this;
    }

    /** Notes the kernel's view of the connection. */
    public Builder tcp(@Nullable TcpFacts value) {
      tcp = value;
      return this;
    }

    /** Notes what the TLS handshake showed. */
    public Builder tls(@Nullable TlsFacts value) {
      tls = value;
      return this;
    }

    /** Notes the answer to the upgrade. */
    public Builder upgrade(UpgradeFacts value) {
      upgrade = value;
      return this;
    }

    /** Notes that the connection was established, {@code nanos} after the start of the probe. */
    public Builder connectionNanos(long nanos) {
      connectionNanos = OptionalLong.of(nanos);
      return this;
    }

    /** Notes what came of the messages so far. */
    public Builder messages(MessageFacts value) {
      messages = value;
      return this;
    }

    /** Notes what became of the PINGs so far. */
    public Builder pings(PingStatistics value) {
      pings = value;
      return this;
    }

    /** The result of a probe that took {@code durationNanos} and ended with {@code failure}. */
    public ProbeResult build(long durationNanos, @Nullable Failure failure) {
      return new ProbeResult(
          request,
          durationNanos,
          timings,
          address,
          tcp,
          tls,
          upgrade,
          connectionNanos,
          messages,
          pings,
          null,
          failure);
    }
  }
}
