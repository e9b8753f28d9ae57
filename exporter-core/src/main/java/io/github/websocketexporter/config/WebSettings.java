package io.github.websocketexporter.config;

import java.time.Duration;
import java.util.List;

/**
 * The exporter's own HTTP server.
 *
 * @param listenAddresses where it listens; at least one
 * @param telemetryPath the path of the exporter's own metrics
 * @param probePath the path that probes
 * @param maxConnections the most connections that are open at a time
 * @param maxRequestLine the longest request line, in bytes
 * @param maxHeaderSize the largest header of a request, in bytes
 * @param requestTimeout the longest that a request may take to arrive, from its first byte
 * @param idleTimeout the longest that a connection may be without a request
 */
public record WebSettings(
    List<ListenAddress> listenAddresses,
    String telemetryPath,
    String probePath,
    int maxConnections,
    int maxRequestLine,
    int maxHeaderSize,
    Duration requestTimeout,
    Duration idleTimeout) {}
