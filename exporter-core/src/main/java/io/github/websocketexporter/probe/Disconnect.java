package io.github.websocketexporter.probe;

import java.util.Comparator;
import java.util.List;

/**
 * How a connection that was held has ended.
 *
 * @param reason why
 * @param code the status code of the peer's Close frame (RFC 6455, section 7.4), or {@link
 *     #OTHER_CODE}; empty where there is none
 */
public record Disconnect(DisconnectReason reason, String code) implements Comparable<Disconnect> {
  /** In place of a code, where a peer has used up those that are told apart. */
  public static final String OTHER_CODE = "other";

  private static final Comparator<Disconnect> ORDER =
      Comparator.comparing(Disconnect::code).thenComparing(each -> each.reason().label());

  /** One that has no code. */
  public Disconnect(DisconnectReason reason) {
    this(reason, "");
  }

  /** The values of the labels {@code code} and {@code reason}. */
  public List<String> labels() {
    return List.of(code, reason.label());
  }

  /** By the labels, as the text formats sort series. */
  @Override
  public int compareTo(Disconnect other) {
    return ORDER.compare(this, other);
  }
}
