/**
 * What a probe is told to do: modules, the records of their settings, and the small values that
 * these and everything above are made of. Depends on nothing but the JDK.
 */
@NullMarked
package io.github.websocketexporter.module;

import org.jspecify.annotations.NullMarked;
