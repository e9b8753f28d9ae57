package io.github.websocketexporter.probe;

import java.util.OptionalLong;

/**
 * What became of the PINGs of one probe.
 *
 * @param sent the PINGs that were handed to the socket
 * @param received the PONGs that carried the payload of one of them
 * @param unmatched the PONGs that carried anything else; RFC 6455, section 5.5.3 allows them
 * @param rttNanos the round trip in nanoseconds: PING handed to the socket to arrival of its PONG;
 *     absent if none came
 */
public record PingStatistics(int sent, int received, int unmatched, OptionalLong rttNanos) {}
