package io.github.websocketexporter.module;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One step of the messages that follow the upgrade: what is sent, and what must come.
 *
 * @param name the value of the {@code step} label; null for none
 * @param timeout how long the expected message is waited for; null for as long as the probe may
 *     take
 */
public record MessageStep(@Nullable String name, @Nullable Duration timeout) {}
