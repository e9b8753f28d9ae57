package io.github.websocketexporter.transport;

/**
 * What only the probes of host names and those over TLS need. It takes long to make, most of all
 * TLS: an exporter that starts listens before it is there.
 *
 * @param resolver finds addresses
 * @param tls makes the client's side of TLS
 */
public record NamesAndTls(HostResolver resolver, TlsClient tls) implements AutoCloseable {
  @Override
  public void close() {
    resolver.close();
    tls.close();
  }
}
