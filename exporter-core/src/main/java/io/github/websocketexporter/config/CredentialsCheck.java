package io.github.websocketexporter.config;

import io.github.websocketexporter.module.ProbeModule;

/**
 * Sees to it that whoever may ask for a probe cannot have the credentials of a module sent to a
 * host of his own.
 */
final class CredentialsCheck {
  private final boolean strict;

  /**
   * A check.
   *
   * @param strict whether to refuse what is otherwise warned of
   */
  CredentialsCheck(boolean strict) {
    this.strict = strict;
  }

  /** Checks {@code read}, which {@code module} was read to. */
  void check(Block module, ProbeModule read) throws InvalidConfigException {
    if (!read.policy().allowsAnyHost() || !(hasCredentials(read) || sendsCredentials(module, read))) {
      return;
    }
    String sentence =
        module.place("")
            + ": its credentials go to whatever host a request names;"
            + " policy.allow.hosts or policy.allow.cidrs says which may have them";
    if (strict) {
      throw new InvalidConfigException(sentence);
    }
    module.reading().warn(sentence);
  }

  private static boolean hasCredentials(ProbeModule module) {
    return module.upgrade().authorization() != null
        || !module.upgrade().headers().isEmpty()
        || module.tls().identity() != null;
  }

  /**
   * Whether one of its messages is, or may be, a secret: most are not, so only those are warned of
   * that have a variable of the environment in them.
   */
  private boolean sendsCredentials(Block module, ProbeModule read) throws InvalidConfigException {
    if (strict) {
      return read.messages().stream().anyMatch(step -> step.send() != null);
    }
    if (!read.messages().isEmpty()) {
      for (Block step : module.blocks("messages")) {
        if (step.isFromEnvironment("send") || step.isFromEnvironment("send-base64")) {
          return true;
        }
      }
    }
    return false;
  }
}
