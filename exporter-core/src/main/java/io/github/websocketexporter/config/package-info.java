/**
 * HOCON and flags to {@link io.github.websocketexporter.config.ExporterConfig}: strict, with errors
 * that name file, line and key.
 */
@NullMarked
package io.github.websocketexporter.config;

import org.jspecify.annotations.NullMarked;
