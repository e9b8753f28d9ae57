package io.github.websocketexporter.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps out of the log what a library says at length and often, and what says nothing: of a DNS
 * query for which no socket could be opened, Netty logs that its channel was never registered, with
 * the stack. The probe has the cause.
 */
final class KnownNoise extends Filter<ILoggingEvent> {
  private static final String LOGGER = "io.netty.util.concurrent.DefaultPromise";
  private static final String NEVER_OPENED = "channel not registered to an event loop";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    return event.getLoggerName().equals(LOGGER)
            && thrown != null
            && NEVER_OPENED.equals(thrown.getMessage())
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
