package io.github.websocketexporter.module;

import org.jspecify.annotations.Nullable;

/**
 * One step of the messages that follow the upgrade: what is sent, what must come, or both in this
 * order.
 *
 * @param name the value of the {@code step} label; null for none
 * @param send what is sent; null for nothing
 * @param expect what must come then; null for nothing
 */
public record MessageStep(
    @Nullable String name, @Nullable MessagePayload send, @Nullable Expectation expect) {
  /** The longest message that is sent or read, over all its fragments. */
  public static final int MAX_BYTES = 65_536;
}
