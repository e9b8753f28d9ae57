package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.module.TlsIdentity;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads what the block {@code web} says of whom the server lets in. */
final class ProtectionReader {
  /** RFC 7617, section 2. */
  private static final Predicate<String> USER = Pattern.compile("[^:\\p{Cc}]+").asMatchPredicate();

  /** A higher cost would keep scrapers waiting for seconds. */
  private static final Predicate<String> HASH =
      Pattern.compile("\\$2[aby]\\$(?:0[4-9]|1[0-4])\\$[./A-Za-z0-9]{53}").asMatchPredicate();

  private static final Predicate<String> OPEN_PATH = Set.of("/-/healthy", "/-/ready")::contains;

  private ProtectionReader() {}

  static WebProtection read(Block web) throws InvalidConfigException {
    return new WebProtection(
        web.has("tls") ? tls(web.block("tls")) : null,
        users(web),
        Set.copyOf(web.texts("open-paths", OPEN_PATH, "/-/healthy or /-/ready")));
  }

  private static ServerTlsSettings tls(Block tls) throws InvalidConfigException {
    TlsIdentity identity = IdentityReader.read(tls);
    if (identity == null) {
      throw tls.error("", "expected cert-file and key-file in it, but found neither");
    }
    ClientAuth clientAuth =
        tls.has("client-auth") ? tls.choice("client-auth", ClientAuth.class) : ClientAuth.NONE;
    ServerTlsSettings settings =
        new ServerTlsSettings(identity, clientAuth, clientAuthorities(tls, clientAuth));
    tls.close();
    return settings;
  }

  private static List<X509Certificate> clientAuthorities(Block tls, ClientAuth clientAuth)
      throws InvalidConfigException {
    if (clientAuth != ClientAuth.NONE) {
      return CertificateReader.read(tls, "client-ca-file");
    }
    if (tls.has("client-ca-file")) {
      throw tls.error(
          "client-ca-file", "expected client-auth = optional or required with it, but found none");
    }
    return List.of();
  }

  /** A block that lost its users is an error: without any, everybody is let in. */
  private static Map<String, Secret> users(Block web) throws InvalidConfigException {
    Block users = web.block("basic-auth-users");
    Map<String, Secret> hashes = new HashMap<>();
    for (String name : users.names()) {
      if (!USER.test(name)) {
        throw users.error(
            name,
            "expected the name of a user without colons and control characters, but found another");
      }
      if (users.has(name)) {
        hashes.put(
            name,
            users.secret(
                name, HASH, "a bcrypt hash such as \"$2y$10$…\" with a cost from 04 to 14"));
      }
    }
    if (hashes.isEmpty() && !web.isDefault("basic-auth-users")) {
      throw web.error(
          "basic-auth-users",
          "expected at least one user, but found none; without the block everybody is let in");
    }
    return Map.copyOf(hashes);
  }
}
