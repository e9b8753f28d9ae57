package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Cidr;
import io.github.websocketexporter.module.HostPattern;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.Target;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads the hosts of a policy: as those of targets are read, so that they can be compared. */
final class HostReader {
  private static final String BELOW = "*.";

  /** Without what ends a host in a URL, or stands before it. */
  private static final Predicate<String> NAME = Pattern.compile("[^@:/?#]+").asMatchPredicate();

  private HostReader() {}

  /** A host name, or {@code *.} and one. */
  static Optional<HostPattern> pattern(String text) {
    boolean below = text.startsWith(BELOW);
    String name = below ? text.substring(BELOW.length()) : text;
    try {
      return NAME.test(name)
          ? Optional.of(Target.parse("ws://" + name))
              .filter(target -> target.literalAddress().isEmpty())
              .map(target -> new HostPattern(target.tlsName(), below))
          : Optional.empty();
    } catch (InvalidTargetException e) {
      return Optional.empty();
    }
  }

  /** A literal address. */
  static Optional<Cidr> literal(String text) {
    return text.indexOf('/') < 0 ? Cidr.parse(text) : Optional.empty();
  }
}
