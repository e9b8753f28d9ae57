package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A secret that is in every target of a test and in its module, once in each place where these can
 * have one, and that nothing which the exporter says may hold in any form.
 */
final class Canary {
  static final String PATH = "cnryPathQ7xZ";
  static final String QUERY = "cnryQueryW3vK";
  static final String USER = "cnryUserJ9fT";
  static final String PASSWORD = "cnryPassB5mR";
  static final String HEADER = "cnryHeadN6gY";
  static final String TOKEN = "cnryTokenD2xL";
  static final String PROXY_PASSWORD = "cnryProxyH2nD";
  static final String MESSAGE = "cnryMessgG8wL";
  private static final List<String> ALL =
      List.of(PATH, QUERY, USER, PASSWORD, HEADER, TOKEN, PROXY_PASSWORD, MESSAGE);

  private Canary() {}

  /** A target with all that a target can have. */
  static String target(String scheme, String host, int port) {
    return "%s://%s:%s@%s:%d/id/%s?token=%s"
        .formatted(scheme, USER, PASSWORD, host, port, PATH, QUERY);
  }

  /** The same target, its secrets percent-encoded where nothing asks for it. */
  static String encodedTarget(String scheme, String host, int port) {
    return "%s://%s:%s@%s:%d/id/%s%%2F?token=%s%%2B"
        .formatted(
            scheme,
            everyByte(USER),
            everyByte(PASSWORD),
            host,
            port,
            everyByte(PATH),
            everyByte(QUERY));
  }

  static void assertAbsentFrom(String where, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (String canary : ALL) {
      forms(canary)
          .forEach(
              (form, secret) ->
                  assertThat(form.startsWith("base64") ? text : lower)
                      .as("%s of %s in %s", form, canary, where)
                      .doesNotContain(secret));
    }
  }

  /** Which secrets are in a text too large to be shown, and in what form. */
  static List<String> foundIn(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<String> found = new ArrayList<>();
    for (String canary : ALL) {
      forms(canary)
          .forEach(
              (form, secret) -> {
                if ((form.startsWith("base64") ? text : lower).contains(secret)) {
                  found.add(form + " of " + canary);
                }
              });
    }
    return found;
  }

  /** What the secret may look like, in lower case except for the base64 forms. */
  private static Map<String, String> forms(String canary) {
    byte[] bytes = canary.getBytes(StandardCharsets.UTF_8);
    Map<String, String> forms = new LinkedHashMap<>();
    forms.put("plain form", canary.toLowerCase(Locale.ROOT));
    forms.put("percent-encoded form", everyByte(canary).toLowerCase(Locale.ROOT));
    forms.put("twice encoded form", everyByte(canary).replace("%", "%25").toLowerCase(Locale.ROOT));
    forms.put("byte values", hex(bytes, ""));
    // Base64 of a text differs with the text's place in what was encoded: by its remainder of 3.
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      // Its first and last characters hold bits of the neighbours.
      forms.put(
          "base64 form " + before, encoded.substring(before == 0 ? 0 : 4, encoded.length() - 2));
    }
    return forms;
  }

  private static String everyByte(String text) {
    return hex(text.getBytes(StandardCharsets.UTF_8), "%");
  }

  private static String hex(byte[] bytes, String prefix) {
    StringBuilder hex = new StringBuilder();
    for (byte each : bytes) {
      hex.append(prefix).append(String.format("%02x", each));
    }
    return hex.toString();
  }
}
