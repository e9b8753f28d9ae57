package io.github.websocketexporter.module;

/**
 * A header field of the upgrade request (RFC 9110, section 5). Its value may be a secret.
 *
 * @param name a token (RFC 9110, section 5.6.2)
 * @param value without line breaks and other control characters
 */
public record HeaderField(String name, Secret value) {}
