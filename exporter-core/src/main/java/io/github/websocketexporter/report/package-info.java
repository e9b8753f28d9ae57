/** Probes told to people: pages, the terminal, and what is kept of them to be shown later. */
@NullMarked
package io.github.websocketexporter.report;

import org.jspecify.annotations.NullMarked;
