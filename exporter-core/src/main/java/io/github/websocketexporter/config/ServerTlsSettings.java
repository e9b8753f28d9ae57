package io.github.websocketexporter.config;

import io.github.websocketexporter.module.TlsIdentity;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * How the exporter's own HTTP server speaks TLS. Holds what is in the files, not their names.
 *
 * @param identity its certificate and key
 * @param clientAuth whether clients show a certificate
 * @param clientAuthorities who must have issued those; empty for {@link ClientAuth#NONE}
 */
public record ServerTlsSettings(
    TlsIdentity identity, ClientAuth clientAuth, List<X509Certificate> clientAuthorities) {}
