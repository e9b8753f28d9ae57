package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.TlsFacts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshake of one connection, and what it showed, however far it came. Confined to the
 * event loop of its connection.
 */
public final class TlsHandshake {
  private final SslHandler handler;
  private final ChainReader reader;

  private X509Certificate @Nullable [] chain;
  private boolean verified;
  private boolean certificateRequested;
  private @Nullable TlsFacts facts;

  TlsHandshake(SslHandler handler, ChainReader reader) {
    this.handler = handler;
    this.reader = reader;
  }

  /**
   * Adds the handlers of TLS to the pipeline of a connection that is open, which starts the
   * handshake. It has no timeout of its own.
   *
   * @return is done when the handshake is complete and the peer verified, or when it failed
   */
  public Future<Channel> start(ChannelPipeline pipeline) {
    pipeline.addAfter(HandlerNames.ARRIVAL, HandlerNames.TLS, handler);
    return handler
        .handshakeFuture()
        .addListener(
            over -> {
              if (over.isSuccess() && TlsErrorFlush.isNeededBehind(handler.engine())) {
                pipeline.addAfter(HandlerNames.TLS, HandlerNames.TLS_ERRORS, new TlsErrorFlush());
              }
            });
  }

  /** Whether the peer asked for a certificate of ours. */
  public boolean certificateRequested() {
    return certificateRequested;
  }

  /**
   * What the handshake showed; null if the peer presented no certificate that can be read. To be
   * asked when the handshake is over, or given up: the first answer is the only one.
   */
  public @Nullable TlsFacts facts() {
    if (chain != null) {
      facts = read(chain);
      chain = null;
    }
    return facts;
  }

  void presented(X509Certificate[] certificates, boolean foundGood) {
    chain = certificates;
    verified = foundGood;
  }

  void certificateWasRequested() {
    certificateRequested = true;
  }

  private @Nullable TlsFacts read(X509Certificate[] certificates) {
    try {
      boolean complete = handler.handshakeFuture().isSuccess();
      SSLSession session = handler.engine().getSession();
      return new TlsFacts(
          verified,
          complete ? session.getProtocol().replace("TLSv", "TLS ") : null,
          complete ? session.getCipherSuite() : null,
          reader.read(certificates));
    } catch (RuntimeException e) {
      // The certificates are the peer's: Netty parses them late, and throws what it likes.
      return null;
    }
  }
}
