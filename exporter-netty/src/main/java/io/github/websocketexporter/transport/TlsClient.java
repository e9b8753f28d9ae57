package io.github.websocketexporter.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of TLS for probes: TLS 1.2 and 1.3, the peer's chain verified against the trust
 * store of the JVM ({@code javax.net.ssl.trustStore}, else the JDK's own) and its name against the
 * target's (RFC 9525). Every probe is a full handshake: sessions are not resumed, or the phase
 * would time something else. Safe for use by several threads.
 */
public final class TlsClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsClient.class);

  private final SslContext context;
  private final ChainReader chains;

  /** The handshakes that have begun and are not over, by their engines. */
  private final Map<SSLEngine, TlsHandshake> handshakes = new ConcurrentHashMap<>();

  /** Uses BoringSSL where its native library runs, else the JDK's TLS. */
  public TlsClient() throws SSLException {
    this(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  /** Uses the given library, which must be there. */
  public TlsClient(SslProvider provider) throws SSLException {
    X509ExtendedTrustManager trust = trust();
    chains = new ChainReader(trust.getAcceptedIssuers());
    context =
        SslContextBuilder.forClient()
            .sslProvider(provider)
            .trustManager(new RecordingTrustManager(trust, goodChains(), handshakes))
            .keyManager(new NoClientCertificate(handshakes))
            .protocols("TLSv1.3", "TLSv1.2")
            .endpointIdentificationAlgorithm("HTTPS")
            .build();
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

  /** What the JVM trusts, read now: a store that cannot be read stops the start, not a probe. */
  private static X509ExtendedTrustManager trust() throws SSLException {
    String store = System.getProperty("javax.net.ssl.trustStore", "NONE");
    if (!store.equals("NONE") && !Files.isReadable(Path.of(store))) {
      throw new SSLException("cannot read the trust store " + store + ": no such file");
    }
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager x509) {
          if (x509.getAcceptedIssuers().length == 0) {
            LOG.warn(
                "the trust store has no certificates, or lacks its password:"
                    + " no wss probe can succeed");
          }
          return x509;
        }
      }
      throw new SSLException("the JVM has no trust manager for TLS");
    } catch (GeneralSecurityException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new SSLException("cannot read the trust store of the JVM: " + cause.getMessage(), e);
    }
  }

  /** The name of the library that does the work, for the log. */
  public String provider() {
    return context.sessionContext() instanceof OpenSslSessionContext
        ? OpenSsl.versionString()
        : "JDK";
  }

  /**
   * The handshake of a connection that is about to start it.
   *
   * @param name the name, or the literal address, that the peer's certificate must be for; a name
   *     is sent as the server name (RFC 6066, section 3)
   */
  public TlsHandshake newHandshake(ByteBufAllocator allocator, String name, int port) {
    forgetSessions();
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
