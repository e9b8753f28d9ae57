package io.github.websocketexporter.probe;

import io.github.websocketexporter.module.Secret;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a probe goes: a WebSocket URI (RFC 6455, section 3), parsed and checked. Immutable.
 *
 * <p>Path, query and user info of a target are secrets, for tokens travel in them: {@link
 * #toString()} shows scheme, host and port, or the name of a target that has one, and nothing else.
 */
public final class Target {
  private final boolean secure;
  private final String host;
  private final @Nullable InetAddress literal;
  private final int port;
  private final Secret requestTarget;
  private final @Nullable Secret credentials;
  private final @Nullable String name;

  Target(
      boolean secure,
      String host,
      @Nullable InetAddress literal,
      int port,
      Secret requestTarget,
      @Nullable Secret credentials) {
    this(secure, host, literal, port, requestTarget, credentials, null);
  }

  private Target(
      boolean secure,
      String host,
      @Nullable InetAddress literal,
      int port,
      Secret requestTarget,
      @Nullable Secret credentials,
      @Nullable String name) {
    this.secure = secure;
    this.host = host;
    this.literal = literal;
    this.port = port;
    this.requestTarget = requestTarget;
    this.credentials = credentials;
    this.name = name;
  }

  /**
   * Reads a target. The schemes are {@code ws} and {@code wss}; {@code http} and {@code https} are
   * taken as these, for the discovery of Kubernetes sends those.
   *
   * @throws InvalidTargetException if the text is not a target; the message says why
   */
  public static Target parse(String text) throws InvalidTargetException {
    return TargetParser.parse(text);
  }

  /** The same target under a name, which is all that it shows from then on. */
  public Target named(String other) {
    return new Target(secure, host, literal, port, requestTarget, credentials, other);
  }

  /**
   * What can be shown of the target and no more: without path, query and user info, and of one with
   * a name that alone. For what is kept when the probe is over; nothing can be probed by it.
   */
  public Target withoutSecrets() {
    return isNamed()
        ? new Target(secure, "", null, 0, Secret.of("/"), null, name)
        : new Target(secure, host, literal, port, Secret.of("/"), null, null);
  }

  /** Whether the target has a name: its host is then a secret, too. */
  public boolean isNamed() {
    return name != null;
  }

  /** Whether the connection is made with TLS: the scheme is {@code wss}. */
  public boolean secure() {
    return secure;
  }

  /**
   * The host in ASCII (internationalized names in their ASCII form, RFC 3490), in lower case. An
   * IPv6 address stands without its brackets.
   */
  public String host() {
    return host;
  }

  /** The address, where the target names one instead of a host name. */
  public Optional<InetAddress> literalAddress() {
    return Optional.ofNullable(literal);
  }

  /** The port: the given one, or 80 for {@code ws} and 443 for {@code wss}. */
  public int port() {
    return port;
  }

  /**
   * Path and query for the request line, to the letter as they were given: no percent-encoding is
   * added, removed or normalized.
   */
  public Secret requestTarget() {
    return requestTarget;
  }

  /** The user info, decoded, as {@code user:password} for HTTP Basic authentication (RFC 7617). */
  public Optional<Secret> credentials() {
    return Optional.ofNullable(credentials);
  }

  /** The value of the Host header field: the port is left out where it is the scheme's own. */
  public String hostHeader() {
    return port == defaultPort(secure) ? bracketed() : authority();
  }

  /** Host and port, also where that is the scheme's own (RFC 9110, section 9.3.6). */
  public String authority() {
    return bracketed() + ":" + port;
  }

  /**
   * The name that the peer's certificate must be for, and that is sent as its server name: the host
   * without a trailing dot (RFC 6066, section 3).
   */
  public String tlsName() {
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** Whether it leads to the same place, with the same secrets and under the same name. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Target target
        && secure == target.secure
        && port == target.port
        && host.equals(target.host)
        && requestTarget.equals(target.requestTarget)
        && Objects.equals(credentials, target.credentials)
        && Objects.equals(name, target.name);
  }

  @Override
  public int hashCode() {
    return Objects.hash(secure, port, host, requestTarget, credentials, name);
  }

  /** The target without its secrets: {@code wss://example.com:443/…}, or its name. */
  @Override
  public String toString() {
    return name != null ? name : (secure ? "wss://" : "ws://") + authority() + "/…";
  }

  private String bracketed() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  static int defaultPort(boolean secure) {
    return secure ? 443 : 80;
  }
}
