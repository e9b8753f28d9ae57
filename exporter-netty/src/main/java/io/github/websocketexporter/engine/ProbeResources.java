package io.github.websocketexporter.engine;

import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.TlsClient;
import io.github.websocketexporter.transport.Transport;

/**
 * What the probers of all event loops share.
 *
 * @param transport the transport that the loops were made of
 * @param resolver finds addresses
 * @param tls makes the client's side of TLS
 * @param userAgent the value of the User-Agent header field of upgrade requests
 */
public record ProbeResources(
    Transport transport, HostResolver resolver, TlsClient tls, String userAgent) {}
