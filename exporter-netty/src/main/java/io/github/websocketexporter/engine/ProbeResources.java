package io.github.websocketexporter.engine;

import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.NamesAndTls;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;

/**
 * What the probers of all event loops share.
 *
 * @param transport the transport that the loops were made of
 * @param namesAndTls what only some probes need: until it is there, those cannot run
 * @param userAgent the value of the User-Agent header field of upgrade requests
 */
public record ProbeResources(
    Transport transport, Future<NamesAndTls> namesAndTls, String userAgent) {

  /** Resources that are all there. */
  public ProbeResources(
      Transport transport, HostResolver resolver, TlsClients tls, String userAgent) {
    this(
        transport,
        ImmediateEventExecutor.INSTANCE.newSucceededFuture(new NamesAndTls(resolver, tls)),
        userAgent);
  }
}
