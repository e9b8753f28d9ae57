package io.github.websocketexporter.config;

import java.time.Duration;
import java.util.List;

/**
 * The exporter's own HTTP server.
 *
 * @param listenAddresses where it listens; at least one
 * @param routePrefix what stands before all paths, without a slash behind it; empty for none
 * @param telemetryPath the path of the exporter's own metrics
 * @param probePath the path that probes
 * @param enableLifecycle whether a request may have the configuration loaded anew
 * @param maxConnections the most connections that are open at a time
 * @param maxRequestLine the longest request line, in bytes
 * @param maxHeaderSize the largest header of a request, in bytes
 * @param requestTimeout the longest that a request may take to arrive, from its first byte
 * @param idleTimeout the longest that a connection may be without a request
 * @param shutdownDelay how long after a SIGTERM it goes on to listen
 * @param protection whom it lets in
 */
public record WebSettings(
    List<ListenAddress> listenAddresses,
    String routePrefix,
    String telemetryPath,
    String probePath,
    boolean enableLifecycle,
    int maxConnections,
    int maxRequestLine,
    int maxHeaderSize,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration shutdownDelay,
    WebProtection protection) {

  /** The same with another {@code protection}. */
  WebSettings withProtection(WebProtection other) {
    return new WebSettings(
        listenAddresses,
        routePrefix,
        telemetryPath,
        probePath,
        enableLifecycle,
        maxConnections,
        maxRequestLine,
        maxHeaderSize,
        requestTimeout,
        idleTimeout,
        shutdownDelay,
        other);
  }

  /** The same with another {@code maxConnections}. */
  WebSettings withMaxConnections(int most) {
    return new WebSettings(
        listenAddresses,
        routePrefix,
        telemetryPath,
        probePath,
        enableLifecycle,
        most,
        maxRequestLine,
        maxHeaderSize,
        requestTimeout,
        idleTimeout,
        shutdownDelay,
        protection);
  }
}
