package io.github.websocketexporter.http;

import io.github.websocketexporter.config.WebProtection;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Whom the server lets in, ready for use. Safe for use by several threads. It does not change: the
 * server is given {@linkplain HttpServer#protectBy another one} in its place.
 */
public final class Protection {
  /** Lets everyone in. */
  static final Protection NONE = new Protection(WebProtection.NONE, null, new Users(Map.of()));

  /** What a connection over TLS began with; none has it over plain HTTP. */
  private static final AttributeKey<ServerTls> BEGAN_WITH =
      AttributeKey.valueOf(Protection.class, "began-with");

  private final WebProtection settings;
  private final @Nullable ServerTls tls;
  private final Users users;

  /**
   * A protection.
   *
   * @param tls null for plain HTTP
   * @param users who must say their password; empty for everyone without
   */
  Protection(WebProtection settings, @Nullable ServerTls tls, Users users) {
    this.settings = settings;
    this.tls = tls;
    this.users = users;
  }

  /**
   * Makes what {@code settings} say. Takes long where that is TLS: not for an event loop.
   *
   * @throws SSLException if the TLS library cannot do that
   */
  public static Protection of(WebProtection settings) throws SSLException {
    return NONE.replacedBy(settings);
  }

  /**
   * Makes what {@code next} say, to take the place of this. Users who are the same are kept, with
   * what is known of their passwords. Takes long, as {@link #of} does.
   *
   * @throws SSLException if the TLS library cannot do that
   */
  Protection replacedBy(WebProtection next) throws SSLException {
    if (next.equals(settings)) {
      return this;
    }
    boolean sameUsers = next.basicAuthUsers().equals(settings.basicAuthUsers());
    return new Protection(
        next,
        next.tls() == null ? null : new ServerTls(next.tls()),
        sameUsers ? users : new Users(next.basicAuthUsers()));
  }

  /** Lets a connection that has just been accepted begin: with TLS where that is spoken. */
  void begin(Channel channel) {
    if (tls != null) {
      channel.attr(BEGAN_WITH).set(tls);
      tls.addTo(channel.pipeline());
    }
  }

  /**
   * Whether a connection, which may have begun by another protection, began as this one wants it:
   * plain or with TLS, and then with a certificate of the same clients. Another certificate of the
   * server's own makes no difference.
   */
  boolean admits(Channel channel) {
    ServerTls began = channel.attr(BEGAN_WITH).get();
    return (began == null || tls == null) ? began == tls : tls.admitsWhom(began);
  }

  /** Who is let in. */
  Users users() {
    return users;
  }

  /** Whether whoever asks for {@code path} must say a password. */
  boolean guards(String path) {
    return !users.isEmpty() && !settings.openPaths().contains(path);
  }
}
