package io.github.websocketexporter.transport;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.TlsSettings;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The client's side of TLS for the probes of all modules: one {@link TlsClient} for each of their
 * settings that differ. Safe for use by several threads; to look one up takes no lock.
 *
 * <p>When the configuration changes: {@link #prepare} with the new settings, which may fail and
 * then changes nothing; let the new modules be probed; then, once no event loop can start a probe
 * of an old one any more, {@link #retain} the new settings.
 */
public final class TlsClients implements AutoCloseable {
  private final SslProvider provider;
  private final X509ExtendedTrustManager jvmTrust;

  /** Never changed, only replaced. */
  private volatile Map<TlsSettings, TlsClient> clients = Map.of();

  /**
   * Uses BoringSSL where its native library runs, else the JDK's TLS, and reads what the JVM
   * trusts. Has no clients yet.
   *
   * @throws SSLException if the trust store of the JVM cannot be read: that stops the start, not a
   *     probe
   */
  public TlsClients() throws SSLException {
    this(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  /** Uses the given library, which must be there. */
  public TlsClients(SslProvider provider) throws SSLException {
    this.provider = provider;
    this.jvmTrust = TrustedAuthorities.ofJvm();
  }

  /** The name of the library that does the work, for the log. */
  public String provider() {
    return provider == SslProvider.JDK ? "JDK" : OpenSsl.versionString();
  }

  /**
   * Makes the clients that are missing. Takes long: not for an event loop.
   *
   * @throws SSLException if the library cannot do what some settings ask for; no client was added
   */
  public synchronized void prepare(Collection<TlsSettings> wanted) throws SSLException {
    Map<TlsSettings, TlsClient> more = new HashMap<>(clients);
    for (TlsSettings settings : wanted) {
      if (!more.containsKey(settings)) {
        more.put(settings, new TlsClient(provider, settings, jvmTrust));
      }
    }
    clients = Map.copyOf(more);
  }

  /**
   * Forgets all clients but those of {@code wanted}, which are prepared. Those that are forgotten
   * stay good for the probes that have them, and go with the last of these: they are not closed,
   * the garbage collector frees them.
   */
  public synchronized void retain(Collection<TlsSettings> wanted) {
    Map<TlsSettings, TlsClient> kept = new HashMap<>();
    wanted.forEach(settings -> kept.put(settings, get(settings)));
    clients = Map.copyOf(kept);
  }

  /** The client for {@code settings}, which are prepared. */
  public TlsClient get(TlsSettings settings) {
    return requireNonNull(clients.get(settings), "no TLS client is prepared for these settings");
  }

  /** How many handshakes have begun and are not over, of the clients that are not forgotten. */
  int handshakes() {
    return clients.values().stream().mapToInt(TlsClient::handshakes).sum();
  }

  @Override
  public synchronized void close() {
    clients.values().forEach(TlsClient::close);
    clients = Map.of();
  }
}
