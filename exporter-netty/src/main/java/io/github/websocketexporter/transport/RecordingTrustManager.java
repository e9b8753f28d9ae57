package io.github.websocketexporter.transport;

import io.netty.util.NetUtil;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Lets another trust manager decide, the host name included, unless it has found the same chain
 * good lately, and tells the handshake what was presented and whether it was found good. One for
 * all connections: it finds the handshake by the engine.
 */
final class RecordingTrustManager extends X509ExtendedTrustManager {
  /** The type of a subject alternative name (RFC 5280, section 4.2.1.6). */
  private static final Integer DNS_NAME = 2;

  private final X509ExtendedTrustManager judge;
  private final @Nullable GoodChains known;
  private final boolean lenient;
  private final Map<SSLEngine, TlsHandshake> handshakes;

  /**
   * A trust manager in front of {@code judge}.
   *
   * @param known what was found good before; null if every chain is to be judged
   * @param lenient whether the handshake goes on with a chain or a name that is not good
   */
  RecordingTrustManager(
      X509ExtendedTrustManager judge,
      @Nullable GoodChains known,
      boolean lenient,
      Map<SSLEngine, TlsHandshake> handshakes) {
    this.judge = judge;
    this.known = known;
    this.lenient = lenient;
    this.handshakes = handshakes;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    boolean good = false;
    try {
      check(chain, authType, engine);
      good = true;
    } catch (CertificateException e) {
      if (!lenient) {
        throw e;
      }
    } finally {
      TlsHandshake handshake = handshakes.get(engine);
      if (handshake != null && chain.length > 0) {
        handshake.presented(chain, good);
      }
    }
  }

  private void check(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (known == null) {
      verify(chain, authType, engine);
      return;
    }
    ByteBuffer key = GoodChains.key(chain, authType, engine.getPeerHost());
    if (!known.contains(key)) {
      verify(chain, authType, engine);
      known.add(key, chain);
    }
  }

  private void verify(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType, engine);
    String host = engine.getPeerHost();
    if (!NetUtil.isValidIpV4Address(host)
        && !NetUtil.isValidIpV6Address(host)
        && !isNamed(chain[0], host)) {
      throw new CertificateException("No subject alternative DNS name matching");
    }
  }

  /**
   * Stricter than the JDK, which takes a wildcard in any label, and may go on to the common name
   * where there is no other name. RFC 9525 (sections 6.3 and 2) takes neither.
   */
  private static boolean isNamed(X509Certificate certificate, String host)
      throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    String domain = host.substring(host.indexOf('.') + 1);
    return names != null
        && names.stream()
            .filter(name -> DNS_NAME.equals(name.get(0)))
            .map(name -> String.valueOf(name.get(1)))
            .anyMatch(name -> name.equalsIgnoreCase(host) || name.equalsIgnoreCase("*." + domain));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }
}
