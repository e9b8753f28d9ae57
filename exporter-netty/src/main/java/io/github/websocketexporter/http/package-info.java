/**
 * The exporter's own HTTP server: pipeline, router and one endpoint per path. Knows {@link
 * io.github.websocketexporter.probe.Prober} and not how it works.
 */
@NullMarked
package io.github.websocketexporter.http;

import org.jspecify.annotations.NullMarked;
