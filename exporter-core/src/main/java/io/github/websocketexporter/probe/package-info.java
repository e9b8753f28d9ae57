/**
 * What a probe is and what it found: target, request, phases, reasons, result. Immutable, without
 * Netty.
 */
@NullMarked
package io.github.websocketexporter.probe;

import org.jspecify.annotations.NullMarked;
