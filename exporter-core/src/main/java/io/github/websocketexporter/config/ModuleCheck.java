package io.github.websocketexporter.config;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.ProxySettings;
import io.github.websocketexporter.probe.NamedTarget;
import java.util.ArrayList;
import java.util.List;

/**
 * Sees to it that whoever may ask for a probe, or sits in between, gets no more of a module than
 * its user knows: what each key does is right, but not together with the others.
 */
final class ModuleCheck {
  private final boolean strict;

  /**
   * A check.
   *
   * @param strict whether to refuse credentials for any host, which are otherwise warned of
   */
  ModuleCheck(boolean strict) {
    this.strict = strict;
  }

  /** Checks {@code read}, which {@code module} was read to. */
  void check(Block module, ProbeModule read) throws InvalidConfigException {
    boolean sendsSecrets = sendsSecrets(module, read);
    if (sendsSecrets && read.tls().insecureSkipVerify()) {
      warn(module, "its credentials go to whoever answers, for tls.insecure-skip-verify is true");
    }
    if (read.upgrade().expectsRefusal() && !read.messages().isEmpty()) {
      warn(module, "its messages are never said, for expect-status wants the upgrade refused");
    }
    if (!read.policy().allowsAnyHost()) {
      return;
    }
    ProxySettings proxy = read.proxy();
    if (proxy != null && proxy.protocol().resolvesNames()) {
      warn(
          module,
          "its proxy resolves the names of targets, so policy.deny.cidrs does not hold for them;"
              + " policy.allow.hosts says which may be asked for");
    }
    if (sendsSecrets || read.tls().identity() != null) {
      String sentence =
          "its credentials go to whatever host a request names;"
              + " policy.allow.hosts or policy.allow.cidrs says which may have them";
      if (strict) {
        throw module.error("", sentence);
      }
      warn(module, sentence);
    }
  }

  /** Checks the target {@code read}, which {@code block} was read to, with its own module. */
  static void check(Block block, NamedTarget read, ProbeModule module) {
    boolean sendsSecrets =
        read.authorization() != null
            || !read.headers().isEmpty()
            || read.target().credentials().isPresent();
    if (sendsSecrets && module.tls().insecureSkipVerify()) {
      warn(
          block,
          "its credentials go to whoever answers, for its module has tls.insecure-skip-verify");
    }
  }

  private static void warn(Block block, String sentence) {
    block.reading().warn(block.place("") + ": " + sentence);
  }

  private boolean sendsSecrets(Block module, ProbeModule read) throws InvalidConfigException {
    return read.upgrade().authorization() != null
        || !read.upgrade().headers().isEmpty()
        || sendsSecretMessages(module, read);
  }

  /**
   * Whether a message is, or may be, a secret. Most are not: only those are warned of that have a
   * variable of the environment in them.
   */
  private boolean sendsSecretMessages(Block module, ProbeModule read)
      throws InvalidConfigException {
    if (strict) {
      return module.has("heartbeat")
          || read.messages().stream().anyMatch(step -> step.send() != null);
    }
    List<Block> steps = new ArrayList<>(module.blocks("messages"));
    if (module.has("heartbeat")) {
      steps.add(module.block("heartbeat"));
    }
    for (Block step : steps) {
      if (step.isFromEnvironment("send") || step.isFromEnvironment("send-base64")) {
        return true;
      }
    }
    return false;
  }
}
