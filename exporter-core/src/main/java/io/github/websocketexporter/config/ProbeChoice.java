package io.github.websocketexporter.config;

import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.NamedTarget;
import io.github.websocketexporter.probe.Target;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to be probed, and how, as the configuration has it.
 *
 * @param target where to
 * @param module how: with what a target of the configuration adds to it
 */
public record ProbeChoice(Target target, ProbeModule module) {
  /**
   * Finds them.
   *
   * @param target a URL, or the name of a target of the configuration
   * @param module the name of a module; null for that of the target, or the default one
   * @throws InvalidChoiceException if the configuration does not have what is named
   * @throws InvalidTargetException if the URL is not one of a target; the message says why
   */
  public static ProbeChoice of(ExporterConfig config, String target, @Nullable String module)
      throws InvalidChoiceException, InvalidTargetException {
    ProbeModule chosen = module(config, module == null ? config.probe().defaultModule() : module);
    if (target.contains("://")) {
      return new ProbeChoice(Target.parse(target), chosen);
    }
    NamedTarget named = config.targets().get(target);
    if (named == null) {
      throw new InvalidChoiceException(
          "The target is neither a URL such as wss://host/path"
              + " nor the name of a target of the configuration.");
    }
    if (named.module() == null) {
      return new ProbeChoice(named.target(), named.addedTo(chosen));
    }
    if (module != null && !module.equals(named.module())) {
      throw new InvalidChoiceException(
          "The target has a module of its own: no other can be asked for.");
    }
    return new ProbeChoice(named.target(), named.addedTo(module(config, named.module())));
  }

  /**
   * The same, where a connection is made for it alone, with so many PINGs.
   *
   * @param count how many; null for as many as the module says
   * @param interval from one to the next, with its unit; null for what the module says
   * @param timeout how long it may take, besides the intervals, with its unit; null for what the
   *     module says
   * @throws InvalidChoiceException if one of them is none, or out of its bounds
   */
  public ProbeChoice once(
      @Nullable String count, @Nullable String interval, @Nullable String timeout)
      throws InvalidChoiceException {
    PingSettings ping = module.ping();
    if (count != null) {
      ping =
          ping.with(
              Scalars.integer(count, 1, PingReader.MOST_PINGS)
                  .orElseThrow(() -> wrong("count", "a number from 1 to 1000")),
              ping.interval());
    } else if (module.continuous() != null && module.continuous().heartbeat() != null) {
      ping = ping.with(0, ping.interval()); // It is for servers that ignore PINGs.
    }
    if (interval != null) {
      ping = ping.with(ping.count(), duration("interval", interval));
    }
    Duration longest = timeout == null ? module.timeout() : duration("timeout", timeout);
    return new ProbeChoice(target, module.once(ping, longest));
  }

  private static Duration duration(String what, String text) throws InvalidChoiceException {
    return Scalars.duration(text, PingReader.LEAST, PingReader.MOST)
        .orElseThrow(() -> wrong(what, "a duration from 1ms to 1h such as 500ms"));
  }

  /** How long it may take: as the module says, and until the last of its PINGs is sent. */
  public Duration limit() {
    PingSettings ping = module.ping();
    return module.timeout().plus(ping.interval().multipliedBy(Math.max(0, ping.count() - 1)));
  }

  private static InvalidChoiceException wrong(String what, String expected) {
    return new InvalidChoiceException("The %s is %s.".formatted(what, expected));
  }

  private static ProbeModule module(ExporterConfig config, String name)
      throws UnknownModuleException {
    ProbeModule module = config.modules().get(name);
    if (module == null) {
      throw new UnknownModuleException();
    }
    return module;
  }
}
