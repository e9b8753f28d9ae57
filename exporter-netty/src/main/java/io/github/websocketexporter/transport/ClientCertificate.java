package io.github.websocketexporter.transport;

import io.github.websocketexporter.module.TlsIdentity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the one certificate of a client, if it has one, and tells the handshake when the peer asks
 * for it. It is shown whoever the peer says that it trusts: where that is someone else, the peer's
 * refusal says more than silence would. One for all connections: it finds the handshake by the
 * engine.
 */
final class ClientCertificate extends X509ExtendedKeyManager {
  private static final String ALIAS = "client";

  private final @Nullable TlsIdentity identity;
  private final Map<SSLEngine, TlsHandshake> handshakes;

  /**
   * Shows {@code identity}.
   *
   * @param identity null for none
   */
  ClientCertificate(@Nullable TlsIdentity identity, Map<SSLEngine, TlsHandshake> handshakes) {
    this.identity = identity;
    this.handshakes = handshakes;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    TlsHandshake handshake = handshakes.get(engine);
    if (handshake != null) {
      handshake.certificateWasRequested();
    }
    return identity != null && Arrays.asList(keyTypes).contains(identity.key().getAlgorithm())
        ? ALIAS
        : null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return identity == null ? null : identity.key();
  }
}
