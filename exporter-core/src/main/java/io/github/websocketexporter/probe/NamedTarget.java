package io.github.websocketexporter.probe;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import io.github.websocketexporter.module.ProbeModule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target of the configuration: everything that {@code target=NAME} stands for. Immutable.
 *
 * @param target where to; it shows its name and nothing else
 * @param module the name of the module that it is probed with; null for that of the request
 * @param headers what the upgrade request has besides what the module says, or in place of it
 * @param authorization who the probe says it is; null for who the module says
 */
public record NamedTarget(
    Target target,
    @Nullable String module,
    List<HeaderField> headers,
    @Nullable Authorization authorization) {

  /** The module {@code plain} with what this target adds to it. */
  public ProbeModule addedTo(ProbeModule plain) {
    return headers.isEmpty() && authorization == null
        ? plain
        : plain.withUpgrade(plain.upgrade().with(headers, authorization));
  }
}
