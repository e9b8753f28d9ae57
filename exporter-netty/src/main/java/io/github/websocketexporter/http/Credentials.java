package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The name and the password of a request (RFC 7617, section 2). Prints neither. */
final class Credentials {
  private static final String SCHEME = "Basic ";

  private final byte[] pair;
  private final int colon;

  private Credentials(byte[] pair, int colon) {
    this.pair = pair;
    this.colon = colon;
  }

  /** Those of the one Authorization field; null where there is none, or none that is valid. */
  static @Nullable Credentials of(HttpHeaders headers) {
    List<String> fields = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    if (fields.size() != 1 || !fields.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    byte[] pair;
    try {
      pair = Base64.getDecoder().decode(fields.get(0).substring(SCHEME.length()).strip());
    } catch (IllegalArgumentException e) {
      return null;
    }
    for (int i = 0; i < pair.length; i++) {
      if (pair[i] == ':') {
        return new Credentials(pair, i);
      }
    }
    return null;
  }

  /** The name of the user. */
  String user() {
    return new String(pair, 0, colon, StandardCharsets.UTF_8);
  }

  /** The password as it came. */
  byte[] password() {
    return Arrays.copyOfRange(pair, colon + 1, pair.length);
  }

  /** The two with a colon between them. */
  byte[] pair() {
    return pair;
  }
}
