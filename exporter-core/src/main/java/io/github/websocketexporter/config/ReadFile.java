package io.github.websocketexporter.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file that the configuration was read from, and the SHA-256 of what was in it: enough to see
 * that it has changed, also where a symbolic link on the way to it was turned, as Kubernetes does.
 *
 * @param path where the file was found
 * @param sha256 in hex; empty if the file could not be read
 */
public record ReadFile(Path path, String sha256) {

  /** The file as it is now. */
  static ReadFile now(Path path) {
    try {
      return of(path, Files.readAllBytes(path));
    } catch (IOException e) {
      return new ReadFile(path, "");
    }
  }

  /** The file, in which {@code text} was. */
  static ReadFile of(Path path, String text) {
    return of(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private static ReadFile of(Path path, byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return new ReadFile(path, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether there is something else in it now. Reads it: not for an event loop. */
  public boolean hasChanged() {
    return !now(path).equals(this);
  }
}
