package io.github.websocketexporter.probe;

import io.github.websocketexporter.module.ProbeModule;
import java.time.Duration;

/**
 * What one probe is asked to do.
 *
 * @param target where to
 * @param module how
 * @param limit how long it may take, from its start to its answer; positive
 */
public record ProbeRequest(Target target, ProbeModule module, Duration limit) {}
