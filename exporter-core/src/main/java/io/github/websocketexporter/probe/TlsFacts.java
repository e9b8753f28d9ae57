package io.github.websocketexporter.probe;

import org.jspecify.annotations.Nullable;

/**
 * What the TLS handshake showed, whether it succeeded or not.
 *
 * @param verified whether the presented chain and the name in it were found good
 * @param version the negotiated version, spelled {@code TLS 1.3}; null if the handshake did not end
 * @param cipher the negotiated cipher suite, by its IANA name; null if the handshake did not end
 * @param chain the chain that the peer presented
 */
public record TlsFacts(
    boolean verified, @Nullable String version, @Nullable String cipher, ChainFacts chain) {}
