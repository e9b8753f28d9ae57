package io.github.websocketexporter.config;

import io.github.websocketexporter.module.LiteralAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code :port}, {@code host:port} and {@code [v6]:port}. */
final class AddressReader {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[(?<v6>[0-9A-Fa-f:.]+)]|(?<host>[A-Za-z0-9._-]*)):(?<port>\\d{1,5})");

  private AddressReader() {}

  /** The address, or null where {@code text} is none or its port is below {@code leastPort}. */
  static @Nullable ListenAddress read(String text, int leastPort) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    int port = Integer.parseInt(matcher.group("port"));
    if (port < leastPort || port > 65535) {
      return null;
    }
    String v6 = matcher.group("v6");
    if (v6 != null && LiteralAddress.ip6(v6).isEmpty()) {
      return null;
    }
    String host = v6 != null ? v6 : matcher.group("host");
    return new ListenAddress(host.isEmpty() ? null : host, port);
  }
}
