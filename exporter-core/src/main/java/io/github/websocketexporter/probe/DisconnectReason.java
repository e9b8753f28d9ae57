package io.github.websocketexporter.probe;

import java.util.Locale;

/** Why a connection that was held has ended: the closed vocabulary of the {@code reason} label. */
public enum DisconnectReason {
  /** The peer closed it: a Close frame, whose status code is told too, or the end of the stream. */
  CLOSED_BY_PEER,
  /** The peer, or something on the way to it, reset it, or the kernel gave it up. */
  CONNECTION_RESET,
  /** A PING, or the heartbeat in its place, and all after it went unanswered for too long. */
  PONG_TIMEOUT,
  /** The peer sent what is not valid: frames, text, compressed data, TLS records. */
  PROTOCOL_VIOLATION,
  /** The peer sent more than is read: a frame, or messages that cost too much to compare. */
  TOO_LARGE,
  /** The module has changed: the next connection is made by the new one. */
  MODULE_CHANGED,
  /** It was as old as a connection may get: the next one sees addresses and certificates anew. */
  MAX_AGE,
  /** Nobody has asked for it for too long. */
  LEASE_ENDED,
  /** The exporter stops. */
  SHUTDOWN,
  /** A bug of the exporter's own: please report it. */
  INTERNAL_ERROR;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of the {@code reason} label. */
  public String label() {
    return label;
  }

  /** What a failure means for a connection that is held. */
  public static DisconnectReason of(FailureReason failure) {
    return switch (failure) {
      case CLOSED_BY_PEER -> CLOSED_BY_PEER;
      case PONG_TIMEOUT, MESSAGE_TIMEOUT -> PONG_TIMEOUT;
      case PROTOCOL_VIOLATION, TLS_FAILURE, TLS_PROTOCOL -> PROTOCOL_VIOLATION;
      case FRAME_TOO_LARGE, MESSAGE_MISMATCH -> TOO_LARGE;
      case INTERNAL_ERROR -> INTERNAL_ERROR;
      default -> CONNECTION_RESET;
    };
  }
}
