package io.github.websocketexporter.probe;

import io.github.websocketexporter.module.LiteralAddress;
import io.github.websocketexporter.module.Secret;
import java.io.ByteArrayOutputStream;
import java.net.IDN;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link Target} from text, by the generic syntax of RFC 3986 and the additions of RFC
 * 6455, section 3. {@link java.net.URI} is not used because it refuses paths that servers in the
 * field have, and because its errors repeat the text.
 */
final class TargetParser {
  private static final Pattern NUMERIC_LABEL = Pattern.compile("\\d+|0x[0-9a-f]*");
  private static final int MAX_HOST_LENGTH = 253;
  private static final int MAX_LABEL_LENGTH = 63;

  private TargetParser() {}

  static Target parse(String text) throws InvalidTargetException {
    int schemeEnd = text.indexOf("://");
    if (schemeEnd < 0) {
      throw new InvalidTargetException(
          "The target must be a URL such as wss://host/path or ws://host:port/path.");
    }
    boolean secure = secure(text.substring(0, schemeEnd).toLowerCase(Locale.ROOT));
    String rest = text.substring(schemeEnd + 3);
    if (rest.indexOf('#') >= 0) {
      throw new InvalidTargetException("The target must not have a fragment (#).");
    }
    int authorityEnd = indexOfAny(rest, '/', '?');
    String authority = rest.substring(0, authorityEnd);
    if (authority.indexOf('\\') >= 0) {
      // Readers differ on whether it ends the host: the WHATWG URL standard reads it as a slash.
      throw new InvalidTargetException("The target must not have a backslash before its path.");
    }
    Secret requestTarget = requestTarget(rest.substring(authorityEnd));

    int userInfoEnd = authority.lastIndexOf('@');
    Secret credentials = userInfoEnd < 1 ? null : credentials(authority.substring(0, userInfoEnd));
    String hostAndPort = authority.substring(userInfoEnd + 1);
    int hostEnd = hostEnd(hostAndPort);
    int port = port(hostAndPort.substring(hostEnd), secure);
    String host = hostAndPort.substring(0, hostEnd);
    if (host.startsWith("[")) {
      String address = host.substring(1, host.length() - 1).toLowerCase(Locale.ROOT);
      return new Target(secure, address, ip6(address), port, requestTarget, credentials);
    }
    String name = asciiName(host);
    return new Target(secure, name, ip4(name), port, requestTarget, credentials);
  }

  private static boolean secure(String scheme) throws InvalidTargetException {
    return switch (scheme) {
      case "wss", "https" -> true;
      case "ws", "http" -> false;
      default ->
          throw new InvalidTargetException(
              "The scheme of the target must be ws or wss (or http or https, which mean these).");
    };
  }

  private static Secret requestTarget(String pathAndQuery) throws InvalidTargetException {
    for (int i = 0; i < pathAndQuery.length(); i++) {
      char c = pathAndQuery.charAt(i);
      if (c <= ' ' || c > '~') {
        throw new InvalidTargetException(
            "The target's path or query has a space, a control or a non-ASCII character;"
                + " it must be percent-encoded.");
      }
    }
    return Secret.of(pathAndQuery.startsWith("/") ? pathAndQuery : "/" + pathAndQuery);
  }

  private static int hostEnd(String hostAndPort) throws InvalidTargetException {
    if (!hostAndPort.startsWith("[")) {
      return indexOfAny(hostAndPort, ':', ':');
    }
    int bracket = hostAndPort.indexOf(']');
    if (bracket < 0) {
      throw new InvalidTargetException("The target's IPv6 address lacks its closing bracket.");
    }
    return bracket + 1;
  }

  private static int port(String text, boolean secure) throws InvalidTargetException {
    if (text.isEmpty() || text.equals(":")) {
      return Target.defaultPort(secure);
    }
    int port = 0;
    boolean digits = text.startsWith(":") && text.length() <= 6;
    for (int i = 1; digits && i < text.length(); i++) {
      digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
      port = 10 * port + (text.charAt(i) - '0');
    }
    if (!digits || port < 1 || port > 65535) {
      throw new InvalidTargetException("The target's port must be a number from 1 to 65535.");
    }
    return port;
  }

  private static String asciiName(String host) throws InvalidTargetException {
    if (host.isEmpty()) {
      throw new InvalidTargetException("The target has no host.");
    }
    String ascii = isPlain(host) ? host : idnToAscii(host);
    String labels = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    if (labels.length() > MAX_HOST_LENGTH) {
      throw new InvalidTargetException("The target's host is longer than 253 characters.");
    }
    int start = 0;
    while (start <= labels.length()) {
      int dot = labels.indexOf('.', start);
      int end = dot < 0 ? labels.length() : dot;
      if (!isLabel(labels, start, end)) {
        throw new InvalidTargetException("The target's host is not a valid name.");
      }
      start = end + 1;
    }
    return ascii;
  }

  /** Whether {@code host} has only what most hosts have: then it is its own ASCII form. */
  private static boolean isPlain(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (!isLabelCharacter(c) && c != '-' && c != '.') {
        return false;
      }
    }
    return true;
  }

  private static String idnToAscii(String host) throws InvalidTargetException {
    try {
      return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new InvalidTargetException("The target's host is not a valid name.");
    }
  }

  /** Letters, digits, underscores, and hyphens within: RFC 1123, section 2.1, and the field. */
  private static boolean isLabel(String labels, int start, int end) {
    if (start == end || end - start > MAX_LABEL_LENGTH) {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = labels.charAt(i);
      boolean within = i > start && i < end - 1;
      if (!isLabelCharacter(c) && !(c == '-' && within)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabelCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }

  /**
   * The address where {@code name} is a dotted quad, null where it is a name. What resolvers would
   * read as an address in any other spelling (decimal, octal, hexadecimal, short) is refused, as
   * the WHATWG URL standard does for names that end in a number.
   */
  private static @Nullable InetAddress ip4(String name) throws InvalidTargetException {
    Optional<InetAddress> address = LiteralAddress.ip4(name);
    if (address.isPresent()) {
      return address.get();
    }
    String labels = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (NUMERIC_LABEL.matcher(labels.substring(labels.lastIndexOf('.') + 1)).matches()) {
      throw new InvalidTargetException(
          "The target's host ends in a number but is not an IPv4 address in dotted decimal form.");
    }
    return null;
  }

  private static InetAddress ip6(String text) throws InvalidTargetException {
    return LiteralAddress.ip6(text)
        .orElseThrow(() -> new InvalidTargetException("The target's IPv6 address is not valid."));
  }

  private static Secret credentials(String userInfo) throws InvalidTargetException {
    int colon = indexOfAny(userInfo, ':', ':');
    String user = percentDecoded(userInfo.substring(0, colon));
    String password =
        colon == userInfo.length() ? "" : percentDecoded(userInfo.substring(colon + 1));
    if (user.indexOf(':') >= 0) {
      throw new InvalidTargetException(
          "The target's user name must not have a colon (RFC 7617, section 2).");
    }
    if ((user + password).chars().anyMatch(Character::isISOControl)) {
      throw new InvalidTargetException(
          "The target's user info must not have control characters (RFC 7617, section 2).");
    }
    return Secret.of(user + ":" + password);
  }

  private static String percentDecoded(String text) throws InvalidTargetException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != '%') {
        bytes.write(raw[i]);
        continue;
      }
      int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new InvalidTargetException(
            "The target's user info has a percent sign that two hexadecimal digits do not follow.");
      }
      bytes.write((high << 4) | low);
      i += 2;
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The index of the first of two characters, or the length of {@code text}. */
  private static int indexOfAny(String text, char one, char other) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == one || text.charAt(i) == other) {
        return i;
      }
    }
    return text.length();
  }
}
