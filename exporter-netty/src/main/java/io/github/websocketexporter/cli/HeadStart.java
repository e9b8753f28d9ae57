package io.github.websocketexporter.cli;

import io.github.websocketexporter.transport.KernelClock;
import io.netty.channel.epoll.Epoll;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.LoggerFactory;

/**
 * What takes long at the start and no setting decides: the start of logback, and of Netty with its
 * native libraries. A thread of its own does it while the main thread reads the settings.
 *
 * <p>Until {@link #awaitAll} the main thread keeps away from Netty, and until {@link #awaitLogging}
 * from loggers: slf4j gives substitutes to those who come while it starts, and classes that two
 * threads initialize from different ends can lock each other out.
 */
final class HeadStart {
  private static final Executor THREAD =
      task -> {
        Thread thread = new Thread(task, "head-start");
        thread.setDaemon(true);
        thread.start();
      };

  private final CompletableFuture<Void> logging;
  private final CompletableFuture<Void> all;

  private HeadStart() {
    logging = CompletableFuture.runAsync(LoggerFactory::getILoggerFactory, THREAD);
    all = logging.thenRunAsync(HeadStart::startNetty, THREAD);
  }

  /** Begins; the first thing of the process. */
  static HeadStart begin() {
    // Netty's allocator would start the Flight Recorder, for events of its own that nobody reads.
    unlessSet("io.netty.jfr.enabled", "false");
    // Of every 128th buffer it would note where it was used: the tests do that, with each buffer.
    unlessSet("io.netty.leakDetection.level", "disabled");
    return new HeadStart();
  }

  private static void unlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  void awaitLogging() {
    logging.join();
  }

  void awaitAll() {
    all.join();
  }

  /** For what it leaves behind: whether each library is there, and whether the kernel stamps. */
  private static void startNetty() {
    Epoll.isAvailable();
    KernelClock.whyNot();
  }
}
