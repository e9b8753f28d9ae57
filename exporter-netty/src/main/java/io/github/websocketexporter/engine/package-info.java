/**
 * The probe: a chain of steps on one event loop. {@link
 * io.github.websocketexporter.engine.NettyProber} is the way in.
 */
@NullMarked
package io.github.websocketexporter.engine;

import org.jspecify.annotations.NullMarked;
