package io.github.websocketexporter.transport;

/** A decoder that can say whether bytes are left behind the message that it is passing on. */
public interface HoldsBytes {
  /** Whether it holds bytes that it has not decoded yet. Asked on the event loop. */
  boolean holdsBytes();
}
