/**
 * What the exporter promises under load, faults and bad input, each with a figure: what takes
 * minutes, or is about time, and is therefore no part of {@code mvn verify}. The names end in
 * {@code Hardening}; {@code exporter-netty/hardening} runs them on a machine that is otherwise idle
 * and writes their figures down.
 */
@NullMarked
package io.github.websocketexporter.hardening;

import org.jspecify.annotations.NullMarked;
