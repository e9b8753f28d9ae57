package io.github.websocketexporter.module;

import java.util.Objects;

/**
 * A text that never prints itself: a token, a password, a path that holds one.
 *
 * <p>{@link #toString()} is a mask, so that a secret that ends up in a log line, an error or a
 * debug page by mistake shows nothing. Only the code that puts it on the wire calls {@link
 * #reveal()}.
 */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = Objects.requireNonNull(value);
  }

  /** Wraps {@code value}. */
  public static Secret of(String value) {
    return new Secret(value);
  }

  /** The text itself, for the wire and for nothing else. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && value.equals(secret.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** A mask of fixed length: not even the length of the secret shows. */
  @Override
  public String toString() {
    return "***";
  }
}
