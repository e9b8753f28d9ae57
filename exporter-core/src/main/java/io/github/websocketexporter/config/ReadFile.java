package io.github.websocketexporter.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file that the configuration was read from, and the SHA-256 of what was in it: enough to see
 * that it has changed, also where a symbolic link on the way to it was turned, as Kubernetes does.
 *
 * @param path where the file was found
 * @param sha256 in hex; empty if the file could not be read, is too large to be looked at often, or
 *     is no regular file
 */
public record ReadFile(Path path, String sha256) {
  private static final long MAX_BYTES = 16 << 20;

  /** The file as it is now. */
  static ReadFile now(Path path) {
    if (!Files.isRegularFile(path)) {
      return new ReadFile(path, ""); // What comes through a pipe comes once.
    }
    MessageDigest digest = newDigest();
    try (InputStream in = Files.newInputStream(path)) {
      if (Files.size(path) > MAX_BYTES) {
        return new ReadFile(path, "");
      }
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException e) {
      return new ReadFile(path, "");
    }
    return new ReadFile(path, HexFormat.of().formatHex(digest.digest()));
  }

  /** The file, in which {@code content} was. */
  static ReadFile of(Path path, byte[] content) {
    return new ReadFile(path, HexFormat.of().formatHex(newDigest().digest(content)));
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether there is something else in it now. Reads it: not for an event loop. */
  public boolean hasChanged() {
    return !now(path).equals(this);
  }
}
