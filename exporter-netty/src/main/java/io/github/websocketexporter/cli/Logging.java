package io.github.websocketexporter.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.github.websocketexporter.config.LogSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up logback: lines to standard error, in the level and format of the configuration. They are
 * written by a thread of their own, and dropped where nobody takes them: event loops log too, and
 * must not wait for whoever reads the log.
 */
final class Logging {
  private static final int MAX_WAITING = 8_192;

  private Logging() {}

  static void configure(LogSettings settings) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Encoder<ILoggingEvent> encoder =
        switch (settings.format()) {
          case LOGFMT -> new LogfmtEncoder();
          case JSON -> json();
        };
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    AsyncAppender async = new AsyncAppender();
    async.setContext(context);
    async.setNeverBlock(true);
    async.setQueueSize(MAX_WAITING);
    async.setDiscardingThreshold(0);
    async.addFilter(new KnownNoise());
    async.addAppender(console);
    async.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    // Libraries log what passes through them, and tokens do: only our own code may say more, also
    // between these lines.
    root.setLevel(settings.level() == LogSettings.Level.ERROR ? Level.ERROR : Level.WARN);
    context.getLogger("io.github.websocketexporter").setLevel(level(settings.level()));
    root.addAppender(async);
  }

  /** Writes what is waiting, then nothing more: the last thing before the process ends. */
  static void stop() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMDC(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    return encoder;
  }

  private static Level level(LogSettings.Level level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
    };
  }
}
