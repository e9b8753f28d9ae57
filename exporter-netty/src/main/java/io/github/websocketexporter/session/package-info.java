/**
 * Continuous monitoring: connections that are held, pinged at an interval, and leased by scrapes.
 * {@link io.github.websocketexporter.session.Sessions} is all that others see.
 */
@NullMarked
package io.github.websocketexporter.session;

import org.jspecify.annotations.NullMarked;
