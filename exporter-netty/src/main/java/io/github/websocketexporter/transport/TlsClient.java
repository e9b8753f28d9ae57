package io.github.websocketexporter.transport;

import io.github.websocketexporter.module.TlsIdentity;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.module.TlsVersion;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of TLS as one kind of module wants it: the peer's chain is verified against the
 * authorities that it trusts, and its name against the target's (RFC 9525). Every probe is a full
 * handshake: sessions are not resumed, or the phase would time something else. Safe for use by
 * several threads.
 */
public final class TlsClient implements AutoCloseable {
  private static final List<String> SUITES_OF_TLS13 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private final SslContext context;
  private final ChainReader chains;
  private final @Nullable String serverName;

  /** The handshakes that have begun and are not over, by their engines. */
  private final Map<SSLEngine, TlsHandshake> handshakes = new ConcurrentHashMap<>();

  /**
   * A client that does as {@code settings} say.
   *
   * @param provider the library that does the work, which must be there
   * @param jvmTrust judges where the settings have no authorities of their own
   * @throws SSLException if the library cannot do that
   */
  TlsClient(SslProvider provider, TlsSettings settings, X509ExtendedTrustManager jvmTrust)
      throws SSLException {
    X509ExtendedTrustManager judge =
        settings.authorities().isEmpty() ? jvmTrust : TrustedAuthorities.of(settings.authorities());
    chains = new ChainReader(judge.getAcceptedIssuers());
    serverName = settings.serverName();
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(provider)
            .trustManager(
                new RecordingTrustManager(
                    judge, goodChains(), settings.insecureSkipVerify(), handshakes))
            .protocols(protocols(settings))
            .endpointIdentificationAlgorithm("HTTPS");
    showCertificate(builder, provider, settings.identity());
    chooseCiphers(builder, settings.ciphers());
    context = builder.build();
    for (String cipher : settings.ciphers()) {
      if (!context.cipherSuites().contains(cipher)) {
        close();
        throw new SSLException("the TLS library does not have the cipher suite " + cipher);
      }
    }
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
  }

  /** A certificate that is revoked stops being good at any time: where that is asked for, ask. */
  private static @Nullable GoodChains goodChains() {
    return Boolean.getBoolean("com.sun.net.ssl.checkRevocation")
        ? null
        : new GoodChains(System::currentTimeMillis);
  }

  private static List<String> protocols(TlsSettings settings) {
    return Arrays.stream(TlsVersion.values())
        .filter(version -> version.compareTo(settings.minVersion()) >= 0)
        .filter(version -> version.compareTo(settings.maxVersion()) <= 0)
        .map(TlsVersion::protocol)
        .toList();
  }

  /** BoringSSL would be given the certificate and the key anew in each handshake. */
  private void showCertificate(
      SslContextBuilder builder, SslProvider provider, @Nullable TlsIdentity identity) {
    ClientCertificate certificate = new ClientCertificate(identity, handshakes);
    if (provider == SslProvider.JDK || identity == null) {
      builder.keyManager(certificate);
    } else {
      builder.keyManager(
          new OpenSslCachingX509KeyManagerFactory(new KeyManagerFactoryWrapper(certificate)));
    }
  }

  /** Those of TLS 1.3 are not to be chosen: BoringSSL has all of them or none. */
  private static void chooseCiphers(SslContextBuilder builder, List<String> ofTls12) {
    if (!ofTls12.isEmpty()) {
      builder.ciphers(
          Stream.concat(SUITES_OF_TLS13.stream(), ofTls12.stream()).toList(),
          SupportedCipherSuiteFilter.INSTANCE);
    }
  }

  /**
   * The handshake of a connection that is about to start it.
   *
   * @param host the target's name or literal address. The peer's certificate must be for it, and a
   *     name is sent as the server name (RFC 6066, section 3), unless the settings have another one
   */
  public TlsHandshake newHandshake(ByteBufAllocator allocator, String host, int port) {
    forgetSessions();
    String name = serverName == null ? host : serverName;
    SslHandler handler = new ProbeSslHandler(context.newEngine(allocator, name, port));
    handler.setHandshakeTimeoutMillis(0);
    SSLEngine engine = handler.engine();
    if (isLeftOutOfServerName(name)) {
      sendServerName(engine, name);
    }
    TlsHandshake handshake = new TlsHandshake(handler, chains);
    handshakes.put(engine, handshake);
    handler.handshakeFuture().addListener(over -> handshakes.remove(engine));
    return handshake;
  }

  /** How many handshakes have begun and are not over. */
  int handshakes() {
    return handshakes.size();
  }

  /**
   * Whether the TLS libraries would not send {@code name} by themselves. They leave out names
   * without a dot, which services of Kubernetes and Docker have.
   */
  private static boolean isLeftOutOfServerName(String name) {
    return name.indexOf('.') < 0 && name.indexOf(':') < 0;
  }

  private static void sendServerName(SSLEngine engine, String name) {
    SSLParameters parameters = engine.getSSLParameters();
    try {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    } catch (IllegalArgumentException e) {
      // The JDK takes names with an underscore for no host names: none is sent, none verifies.
      return;
    }
    engine.setSSLParameters(parameters);
  }

  @Override
  public void close() {
    ReferenceCountUtil.release(context);
  }

  /** The JDK's cache cannot be switched off: it is emptied. BoringSSL's is off and always empty. */
  private void forgetSessions() {
    SSLSessionContext sessions = context.sessionContext();
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }
}
