package io.github.websocketexporter.transport;

/**
 * What only the probes of host names and those over TLS need. It takes long to make, most of all
 * TLS: an exporter that starts listens before it is there.
 *
 * @param resolver finds addresses
 * @param tls the client's side of TLS of each module
 */
public record NamesAndTls(HostResolver resolver, TlsClients tls) implements AutoCloseable {
  @Override
  public void close() {
    resolver.close();
    tls.close();
  }
}
