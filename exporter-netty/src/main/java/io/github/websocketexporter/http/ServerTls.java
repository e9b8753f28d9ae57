package io.github.websocketexporter.http;

import io.github.websocketexporter.config.ClientAuth;
import io.github.websocketexporter.config.ServerTlsSettings;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of TLS 1.2 and 1.3. Immutable; safe for use by several threads. It is not
 * closed: the garbage collector frees it when the last of its connections has ended.
 */
final class ServerTls {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final ServerTlsSettings settings;
  private final SslContext context;

  /**
   * Does as {@code settings} say, by BoringSSL where its native library runs, else by the JDK's
   * TLS.
   *
   * @throws SSLException if the library cannot do that
   */
  ServerTls(ServerTlsSettings settings) throws SSLException {
    this(settings, OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  /** The same by the given library, which must be there. */
  ServerTls(ServerTlsSettings settings, SslProvider provider) throws SSLException {
    this.settings = settings;
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                settings.identity().key(),
                settings.identity().chain().toArray(X509Certificate[]::new))
            .sslProvider(provider)
            .protocols("TLSv1.3", "TLSv1.2")
            .clientAuth(clientAuth(settings.clientAuth()));
    if (settings.clientAuth() != ClientAuth.NONE) {
      builder.trustManager(settings.clientAuthorities().toArray(X509Certificate[]::new));
    }
    try {
      context = builder.build();
    } catch (SSLException e) {
      throw new SSLException("cannot speak TLS as web.tls says: " + e.getMessage(), e);
    }
  }

  /**
   * Lets a connection that has just been accepted begin with TLS. The handshake has no timeout of
   * its own: its time is that of the first request.
   */
  void addTo(ChannelPipeline pipeline) {
    SslHandler handler = context.newHandler(pipeline.channel().alloc());
    handler.setHandshakeTimeoutMillis(0);
    handler
        .handshakeFuture()
        .addListener(
            over -> {
              if (!over.isSuccess()) {
                LOG.atDebug()
                    .addKeyValue("client", pipeline.channel().remoteAddress())
                    .addKeyValue("cause", String.valueOf(over.cause()))
                    .log("a TLS handshake failed");
              }
            });
    pipeline
        .addLast(HandlerNames.PLAIN_HTTP, new PlainHttpHandler())
        .addLast(HandlerNames.TLS, handler);
  }

  /** Whether the clients that {@code other} admits are those that this does. */
  boolean admitsWhom(ServerTls other) {
    return settings.clientAuth() == other.settings.clientAuth()
        && settings.clientAuthorities().equals(other.settings.clientAuthorities());
  }

  private static io.netty.handler.ssl.ClientAuth clientAuth(ClientAuth wanted) {
    return switch (wanted) {
      case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
      case OPTIONAL -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
      case REQUIRED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
    };
  }
}
