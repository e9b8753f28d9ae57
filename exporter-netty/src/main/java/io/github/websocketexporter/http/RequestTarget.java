package io.github.websocketexporter.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a request asks for: its request target (RFC 9112, section 3.2).
 *
 * @param path as it came: nothing is decoded or normalized
 * @param query as it came, without the question mark; empty where there is none. Its
 *     percent-encoding is valid, and UTF-8
 */
record RequestTarget(String path, String query) {
  private static final int MAX_PARAMETERS = 16;

  /**
   * Reads a request target in origin form ({@code /path?query}), or in absolute form ({@code
   * http://host/path?query}) if its authority is that of the Host field, as a client sends it
   * (section 3.2). Another authority, another scheme, {@code *} and {@code host:port} are for
   * servers of another kind.
   *
   * @param secure whether it came over TLS: the scheme is then {@code https}
   * @param host the value of the Host field, empty if there is none
   * @throws RefusedRequestException if it is none of these, or not percent-encoded UTF-8
   */
  static RequestTarget parse(String target, boolean secure, String host)
      throws RefusedRequestException {
    String origin = originForm(target, secure, host);
    if (!origin.startsWith("/") || !isPercentEncoded(origin)) {
      throw RefusedRequestException.bad("The request target is not valid.");
    }
    int question = origin.indexOf('?');
    return question < 0
        ? new RequestTarget(origin, "")
        : new RequestTarget(origin.substring(0, question), origin.substring(question + 1));
  }

  /**
   * The parameters of the query, percent-decoded once and only once. A plus sign stays one: it
   * stands for a space only in HTML forms.
   */
  Map<String, List<String>> parameters() {
    return QueryStringDecoder.builder()
        .hasPath(false)
        .htmlQueryDecoding(false)
        .semicolonIsNormalChar(true)
        .maxParams(MAX_PARAMETERS)
        .build(query)
        .parameters();
  }

  private static String originForm(String target, boolean secure, String host) {
    if (target.startsWith("/")) {
      return target;
    }
    String prefix = (secure ? "https://" : "http://") + host;
    if (host.isEmpty() || !target.regionMatches(true, 0, prefix, 0, prefix.length())) {
      return target;
    }
    String origin = target.substring(prefix.length());
    return origin.isEmpty() || origin.startsWith("?") ? "/" + origin : origin;
  }

  /**
   * Whether {@code text} is visible ASCII in which all that a percent sign begins is whole, and
   * which is UTF-8 when decoded: no overlong forms, no surrogates.
   */
  private static boolean isPercentEncoded(String text) {
    if (text.indexOf('%') < 0) {
      return isVisible(text);
    }
    byte[] decoded = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isVisible(c)) {
        return false;
      }
      if (c == '%') {
        int value = i + 2 < text.length() ? hex(text.charAt(i + 1), text.charAt(i + 2)) : -1;
        if (value < 0) {
          return false;
        }
        c = (char) value;
        i += 2;
      }
      decoded[length++] = (byte) c;
    }
    return isUtf8(ByteBuffer.wrap(decoded, 0, length));
  }

  private static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isVisible(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Visible ASCII that may stand in a request target: a fragment may not. */
  private static boolean isVisible(char c) {
    return c > ' ' && c <= '~' && c != '#';
  }

  private static int hex(char high, char low) {
    int upper = Character.digit(high, 16);
    int lower = Character.digit(low, 16);
    return upper < 0 || lower < 0 ? -1 : upper << 4 | lower;
  }

  private static boolean isUtf8(ByteBuffer bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
