package io.github.websocketexporter.probe;

import org.jspecify.annotations.Nullable;

/**
 * What the peer answered to the upgrade request.
 *
 * @param statusCode the HTTP status
 * @param subprotocol the Sec-WebSocket-Protocol that was agreed on, if any
 * @param extensions the Sec-WebSocket-Extensions that were agreed on, if any
 */
public record UpgradeFacts(
    int statusCode, @Nullable String subprotocol, @Nullable String extensions) {}
