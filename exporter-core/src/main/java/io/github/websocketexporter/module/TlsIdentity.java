package io.github.websocketexporter.module;

/**
 * A certificate to show, and its key.
 *
 * @param certificates the chain in PEM, the leaf first
 * @param key its private key in PEM (PKCS#8, PKCS#1 or SEC 1), not encrypted
 */
public record TlsIdentity(String certificates, Secret key) {}
