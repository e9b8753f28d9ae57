package io.github.websocketexporter.config;

/** What stamps the arrival of a PONG. */
public enum ClockKind {
  /** The kernel where it can, else the event loop. */
  AUTO,
  /** The kernel: Linux, with the epoll transport. */
  KERNEL,
  /** The event loop: everywhere. */
  LOOP
}
