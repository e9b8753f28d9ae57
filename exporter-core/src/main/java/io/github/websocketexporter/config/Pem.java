package io.github.websocketexporter.config;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One block of a PEM file (RFC 7468). Does not print itself: it may be a key.
 *
 * @param label what the block says that it is, such as {@code CERTIFICATE}
 * @param body what stands between its lines BEGIN and END
 */
record Pem(String label, String body) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** The blocks of a file, in their order. What stands around them is a comment in any charset. */
  static List<Pem> blocks(byte[] file) {
    return BLOCK
        .matcher(new String(file, StandardCharsets.ISO_8859_1))
        .results()
        .map(block -> new Pem(block.group(1), block.group(2)))
        .toList();
  }

  /**
   * What the block holds.
   *
   * @throws IllegalArgumentException if it is not Base64
   */
  byte[] bytes() {
    return Base64.getMimeDecoder().decode(body);
  }

  @Override
  public String toString() {
    return "Pem[" + label + "]";
  }
}
