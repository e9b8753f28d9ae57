package io.github.websocketexporter.engine;

import io.netty.pkitesting.X509Bundle;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The key of a server, which counts on how many connections it was asked for: a resumed session
 * needs none.
 */
final class CountingKeys extends X509ExtendedKeyManager {
  private final X509ExtendedKeyManager keys;
  private final Set<Socket> asking = ConcurrentHashMap.newKeySet();

  private CountingKeys(X509ExtendedKeyManager keys) {
    this.keys = keys;
  }

  static CountingKeys of(X509Bundle identity) throws GeneralSecurityException {
    return new CountingKeys(
        (X509ExtendedKeyManager) identity.toKeyManagerFactory().getKeyManagers()[0]);
  }

  /** How many full handshakes there were. */
  int handshakes() {
    return asking.size();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    // JDK 25 also asks when it reads a ticket, before there is a session: that is no full
    // handshake.
    if (((SSLSocket) socket).getHandshakeSession() != null) {
      asking.add(socket);
    }
    return keys.chooseServerAlias(keyType, issuers, socket);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return keys.getServerAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return keys.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return keys.getPrivateKey(alias);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    throw new UnsupportedOperationException("a server's");
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    throw new UnsupportedOperationException("a server's");
  }
}
