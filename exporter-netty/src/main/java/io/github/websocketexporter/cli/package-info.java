/** The command line, and the wiring of everything else. */
@NullMarked
package io.github.websocketexporter.cli;

import org.jspecify.annotations.NullMarked;
