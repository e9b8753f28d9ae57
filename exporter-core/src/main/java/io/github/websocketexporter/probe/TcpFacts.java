package io.github.websocketexporter.probe;

/**
 * The kernel's own view of the TCP connection when the probe ended (TCP_INFO, tcp(7)).
 *
 * @param rttNanos its smoothed round-trip time, in nanoseconds
 * @param rttVarianceNanos the mean deviation of that, in nanoseconds
 * @param retransmits segments that were sent again, since the connection was opened
 */
public record TcpFacts(long rttNanos, long rttVarianceNanos, long retransmits) {}
