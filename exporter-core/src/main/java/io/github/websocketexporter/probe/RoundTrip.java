package io.github.websocketexporter.probe;

/**
 * How long a peer took to answer.
 *
 * @param nanos from handing a message to the socket to the arrival of its answer, in nanoseconds
 * @param uncertaintyNanos how much of that may be the exporter's own delay, as far as it can see it
 * @param clock what stamped the arrival
 */
public record RoundTrip(long nanos, long uncertaintyNanos, ArrivalClock clock) {}
