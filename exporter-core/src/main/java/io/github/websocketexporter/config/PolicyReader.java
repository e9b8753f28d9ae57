package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Cidr;
import io.github.websocketexporter.module.PortRange;
import io.github.websocketexporter.module.TargetPolicy;
import io.github.websocketexporter.module.TargetRules;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a block {@code policy} allows and denies. */
final class PolicyReader {
  private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  private PolicyReader() {}

  /** Reads the block {@code policy} of a module. */
  static TargetPolicy read(Block module) throws InvalidConfigException {
    Block policy = module.block("policy");
    TargetPolicy read = rules(policy, "modules." + module.name() + ".policy");
    policy.close();
    return read;
  }

  /**
   * Reads {@code allow} and {@code deny} of {@code policy}, and nothing else.
   *
   * @param name what it is called
   */
  static TargetPolicy rules(Block policy, String name) throws InvalidConfigException {
    return new TargetPolicy(
        List.of(read(policy.block("allow"), name + ".allow")),
        List.of(read(policy.block("deny"), name + ".deny")));
  }

  private static TargetRules read(Block rules, String name) throws InvalidConfigException {
    List<String> schemes = rules.texts("schemes", List.of("ws", "wss")::contains, "ws or wss");
    List<String> hosts =
        rules.texts(
            "hosts",
            text -> HostReader.pattern(text).isPresent() || HostReader.literal(text).isPresent(),
            "a host such as \"node.example.com\", \"*.example.com\" or \"192.0.2.7\"");
    List<String> ports =
        rules.texts(
            "ports",
            text -> ports(text).isPresent(),
            "a port from 1 to 65535, or a range such as \"8000-8099\"");
    List<String> cidrs =
        rules.texts(
            "cidrs",
            text -> Cidr.parse(text).isPresent(),
            "a network such as \"10.0.0.0/8\" or \"fd00::/8\", all zeros behind its prefix");
    rules.close();
    return new TargetRules(
        name,
        schemes,
        all(hosts, HostReader::pattern),
        all(hosts, HostReader::literal),
        all(ports, PolicyReader::ports),
        all(cidrs, Cidr::parse));
  }

  private static Optional<PortRange> ports(String text) {
    Matcher matcher = PORTS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    return first >= 1 && first <= last && last <= 65535
        ? Optional.of(new PortRange(first, last))
        : Optional.empty();
  }

  /** What {@code reader} makes of those texts that it can read. */
  private static <T> List<T> all(List<String> texts, Function<String, Optional<T>> reader) {
    return texts.stream().map(reader).flatMap(Optional::stream).toList();
  }
}
