package io.github.websocketexporter.http;

import io.github.websocketexporter.config.WebProtection;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Whom the server lets in, ready for use. Safe for use by several threads. It does not change: the
 * server is given {@linkplain HttpServer#protectBy another one} in its place.
 */
public final class Protection {
  /** Lets everyone in. */
  static final Protection NONE = new Protection(null, new Users(Map.of()), Set.of());

  private final @Nullable ServerTls tls;
  private final Users users;
  private final Set<String> openPaths;

  /**
   * A protection.
   *
   * @param tls null for plain HTTP
   * @param users who must say their password; empty for everyone without
   * @param openPaths the paths that are answered without a password
   */
  Protection(@Nullable ServerTls tls, Users users, Set<String> openPaths) {
    this.tls = tls;
    this.users = users;
    this.openPaths = openPaths;
  }

  /**
   * Makes what {@code settings} say. Takes long where that is TLS: not for an event loop.
   *
   * @throws SSLException if the TLS library cannot do that
   */
  public static Protection of(WebProtection settings) throws SSLException {
    return new Protection(
        settings.tls() == null ? null : new ServerTls(settings.tls()),
        new Users(settings.basicAuthUsers()),
        settings.openPaths());
  }

  /** Speaks TLS; null for plain HTTP. */
  @Nullable ServerTls tls() {
    return tls;
  }

  /** Who is let in. */
  Users users() {
    return users;
  }

  /** Whether whoever asks for {@code path} must say a password. */
  boolean guards(String path) {
    return !users.isEmpty() && !openPaths.contains(path);
  }
}
