package io.github.websocketexporter.probe;

import org.jspecify.annotations.Nullable;

/**
 * What became of the PINGs of one probe.
 *
 * @param sent the PINGs that were handed to the socket; those that only measure an unsure round
 *     trip again do not count
 * @param received the PONGs that carried the payload of one of them
 * @param unmatched the PONGs that carried anything else; RFC 6455, section 5.5.3 allows them
 * @param roundTrip PING handed to the socket to arrival of its PONG; null if none came
 */
public record PingStatistics(
    int sent, int received, int unmatched, @Nullable RoundTrip roundTrip) {}
