package io.github.websocketexporter.config;

/** Whether the exporter's own HTTP server wants certificates of its clients. */
public enum ClientAuth {
  /** It does not ask for any. */
  NONE,
  /** It asks, and lets in clients without one; one that is not good is refused. */
  OPTIONAL,
  /** Only clients with a good one are let in. */
  REQUIRED
}
