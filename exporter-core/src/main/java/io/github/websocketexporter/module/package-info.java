/**
 * What a probe is told to do: modules and the records of their settings. Depends on nothing but the
 * JDK.
 */
@NullMarked
package io.github.websocketexporter.module;

import org.jspecify.annotations.NullMarked;
