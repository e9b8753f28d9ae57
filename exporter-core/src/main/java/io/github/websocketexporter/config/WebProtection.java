package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Secret;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom the exporter's own HTTP server lets in.
 *
 * @param tls how it speaks TLS; null for plain HTTP
 * @param basicAuthUsers the bcrypt hash of each user's password; empty lets everyone in
 * @param openPaths the paths that are answered without a password
 */
public record WebProtection(
    @Nullable ServerTlsSettings tls, Map<String, Secret> basicAuthUsers, Set<String> openPaths) {

  /** Everyone. */
  public static final WebProtection NONE = new WebProtection(null, Map.of(), Set.of());
}
