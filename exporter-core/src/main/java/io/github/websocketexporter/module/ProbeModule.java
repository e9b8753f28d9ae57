package io.github.websocketexporter.module;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named way to probe: everything that {@code module=NAME} stands for. Immutable.
 *
 * @param name the name in the configuration, and the value of the {@code module} label of the
 *     exporter's own metrics
 * @param timeout the longest that a probe may take; the scraper's own timeout may shorten it
 * @param addresses which of the target's addresses is probed
 * @param policy where a probe may go
 * @param proxy what the connection goes through; null to connect directly
 * @param tls how a {@code wss} target is spoken to
 * @param upgrade what the upgrade request asks for, and what its answer must be
 * @param messages what is sent and expected after the upgrade, in this order
 * @param ping how round trips are measured
 * @param continuous that the connection is held; null if each probe makes one of its own
 */
public record ProbeModule(
    String name,
    Duration timeout,
    AddressPreference addresses,
    TargetPolicy policy,
    @Nullable ProxySettings proxy,
    TlsSettings tls,
    UpgradeSettings upgrade,
    List<MessageStep> messages,
    PingSettings ping,
    @Nullable ContinuousSettings continuous) {

  /** Begins a module that connects, upgrades and sends one PING. */
  public static Builder builder(String name, Duration timeout) {
    return new Builder(name, timeout);
  }

  /** The same module with another {@code upgrade}. */
  public ProbeModule withUpgrade(UpgradeSettings other) {
    return new ProbeModule(
        name, timeout, addresses, policy, proxy, tls, other, messages, ping, continuous);
  }

  /** The same module with another {@code ping}, and a connection of its own for each probe. */
  public ProbeModule once(PingSettings other, Duration longest) {
    return new ProbeModule(
        name, longest, addresses, policy, proxy, tls, upgrade, messages, other, null);
  }

  /** What can be kept of the module when a probe by it is over: nothing that it sends. */
  public ProbeModule withoutSecrets() {
    return new ProbeModule(
        name,
        timeout,
        addresses,
        TargetPolicy.ANY,
        null,
        TlsSettings.DEFAULT,
        UpgradeSettings.PLAIN,
        List.of(),
        ping,
        continuous == null ? null : new ContinuousSettings(null, continuous.buckets()));
  }

  /** Collects what differs from the plain module. Confined to one thread. */
  public static final class Builder {
    private final String name;
    private final Duration timeout;
    private AddressPreference addresses = new AddressPreference(AddressFamily.IP4, true);
    private TargetPolicy policy = TargetPolicy.ANY;
    private @Nullable ProxySettings proxy;
    private TlsSettings tls = TlsSettings.DEFAULT;
    private UpgradeSettings upgrade = UpgradeSettings.PLAIN;
    private List<MessageStep> messages = List.of();
    private PingSettings ping = PingSettings.SINGLE;
    private @Nullable ContinuousSettings continuous;

    private Builder(String name, Duration timeout) {
      this.name = name;
      this.timeout = timeout;
    }

    /** Sets which of the target's addresses is probed. */
    public Builder addresses(AddressPreference value) {
      addresses = value;
      return this;
    }

    /** Sets where a probe may go. */
    public Builder policy(TargetPolicy value) {
      policy = value;
      return this;
    }

    /** Sets what the connection goes through. */
    public Builder proxy(@Nullable ProxySettings value) {
      proxy = value;
      return this;
    }

    /** Sets how a {@code wss} target is spoken to. */
    public Builder tls(TlsSettings value) {
      tls = value;
      return this;
    }

    /** Sets the upgrade request and what its answer must be. */
    public Builder upgrade(UpgradeSettings value) {
      upgrade = value;
      return this;
    }

    /** Sets what is sent and expected after the upgrade. */
    public Builder messages(List<MessageStep> value) {
      messages = List.copyOf(value);
      return this;
    }

    /** Sets how round trips are measured. */
    public Builder ping(PingSettings value) {
      ping = value;
      return this;
    }

    /** Sets that the connection is held; null for one of its own for each probe. */
    public Builder continuous(@Nullable ContinuousSettings value) {
      continuous = value;
      return this;
    }

    /** The module. */
    public ProbeModule build() {
      return new ProbeModule(
          name, timeout, addresses, policy, proxy, tls, upgrade, messages, ping, continuous);
    }
  }
}
