package io.github.websocketexporter.config;

/** Which of Netty's transports carries every connection. */
public enum TransportKind {
  /** The first of the others that this machine has, in their order. */
  AUTO,
  /** Linux epoll, by Netty's native library. */
  EPOLL,
  /** The JDK's own selectors: everywhere. */
  NIO
}
