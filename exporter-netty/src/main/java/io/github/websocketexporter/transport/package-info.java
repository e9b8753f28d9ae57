/**
 * Event loops and what runs on them for everyone: the arrival clock, host resolution, TLS, and the
 * names of handlers.
 */
@NullMarked
package io.github.websocketexporter.transport;

import org.jspecify.annotations.NullMarked;
