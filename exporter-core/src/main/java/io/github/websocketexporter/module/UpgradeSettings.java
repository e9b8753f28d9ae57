package io.github.websocketexporter.module;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the upgrade request asks for, and what its answer must be (RFC 6455, section 4.1).
 *
 * @param host the Host field; null for the target's own
 * @param origin the Origin field; null for none
 * @param userAgent the User-Agent field; null for the exporter's own
 * @param headers further fields, none of which another parameter sets
 * @param authorization who the probe says it is; null for no one. The user info of a target wins
 * @param subprotocols the subprotocols that are offered, the preferred one first
 * @param expectedSubprotocol the one of them that the peer must choose; null if it may choose any
 *     or none
 * @param expectedStatus the HTTP status that must answer: 101, or that of a refusal that is wanted
 * @param compression whether permessage-deflate is offered (RFC 7692)
 */
public record UpgradeSettings(
    @Nullable String host,
    @Nullable String origin,
    @Nullable String userAgent,
    List<HeaderField> headers,
    @Nullable Authorization authorization,
    List<String> subprotocols,
    @Nullable String expectedSubprotocol,
    int expectedStatus,
    boolean compression) {

  /** The status of an upgrade that succeeds. */
  public static final int SWITCHING_PROTOCOLS = 101;

  /** Nothing but a WebSocket. */
  public static final UpgradeSettings PLAIN =
      new UpgradeSettings(
          null, null, null, List.of(), null, List.of(), null, SWITCHING_PROTOCOLS, false);

  /** Whether a refusal of the upgrade is what is wanted. */
  public boolean expectsRefusal() {
    return expectedStatus != SWITCHING_PROTOCOLS;
  }

  /**
   * The same with {@code fields} and {@code other}, if there is one, in place of what they are
   * another value of, and beside the rest.
   */
  public UpgradeSettings with(List<HeaderField> fields, @Nullable Authorization other) {
    List<HeaderField> added = new ArrayList<>(fields);
    if (other != null) {
      added.add(other.field());
    }
    List<HeaderField> all = new ArrayList<>(headers);
    all.removeIf(field -> isIn(added, field));
    all.addAll(fields);
    @Nullable Authorization kept =
        authorization == null || isIn(added, authorization.field()) ? null : authorization;
    return new UpgradeSettings(
        host,
        origin,
        userAgent,
        List.copyOf(all),
        other == null ? kept : other,
        subprotocols,
        expectedSubprotocol,
        expectedStatus,
        compression);
  }

  private static boolean isIn(List<HeaderField> fields, HeaderField field) {
    return fields.stream().anyMatch(each -> each.name().equalsIgnoreCase(field.name()));
  }
}
