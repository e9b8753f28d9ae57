package io.github.websocketexporter.module;

/**
 * Which of a host's addresses is probed: always the first of the preferred family.
 *
 * @param preferred the family that is asked for first
 * @param fallback whether the other family is taken where the preferred one has no address; never
 *     because a connection to the preferred one failed
 */
public record AddressPreference(AddressFamily preferred, boolean fallback) {}
