package io.github.websocketexporter.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a header field of the upgrade request may be (RFC 9110, section 5). */
final class FieldSyntax {
  /** What {@link #isToken} wants of a name. */
  static final String NAME = "the name of a header, of letters, digits and dashes";

  /** What {@link #isText} wants. */
  static final String TEXT = "at most 8192 bytes of text without control characters";

  /** What {@link #isValue} wants. */
  static final String VALUE = "1 to 8192 bytes of text without control characters or outer spaces";

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}");
  private static final int MAX_BYTES = 8_192;

  private static final Map<String, String> KEYS =
      Map.of(
          "host", "host",
          "origin", "origin",
          "user-agent", "user-agent",
          "sec-websocket-protocol", "subprotocols",
          "sec-websocket-extensions", "compression");
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "upgrade", "keep-alive", "proxy-connection", "http2-settings", "te");
  private static final Set<String> OF_A_BODY =
      Set.of("content-length", "transfer-encoding", "trailer", "expect");

  private FieldSyntax() {}

  /** Whether {@code text} is a token of reasonable length (RFC 9110, section 5.6.2). */
  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  /** Whether {@code text} can be sent as UTF-8 and holds no control character but tabs. */
  static boolean isText(String text) {
    return text.codePoints().noneMatch(FieldSyntax::isForbidden)
        && text.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  /** Whether {@code text} can be sent as the value of a field (RFC 9110, section 5.5). */
  static boolean isValue(String text) {
    return isText(text) && !text.isEmpty() && text.strip().equals(text);
  }

  private static boolean isForbidden(int codePoint) {
    return (Character.isISOControl(codePoint) && codePoint != '\t')
        || Character.getType(codePoint) == Character.SURROGATE;
  }

  /** Why the field {@code name} is none that a user may add; null if it is. */
  static @Nullable String refusal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (KEYS.containsKey(lower)) {
      return "the key " + KEYS.get(lower) + " sets this one";
    }
    if (OF_THE_CONNECTION.contains(lower) || lower.startsWith("sec-websocket-")) {
      return "the handshake decides on this one";
    }
    return OF_A_BODY.contains(lower) ? "an upgrade request has no body" : null;
  }
}
