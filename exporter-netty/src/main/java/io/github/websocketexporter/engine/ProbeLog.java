package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.netty.handler.ssl.NotSslRecordException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The line that a probe leaves in the log at debug level, without the secrets of its target. */
final class ProbeLog {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeLog.class);
  private static final int MAX_CAUSES = 16;

  private ProbeLog() {}

  /**
   * Writes the line of {@code result}; what can only be a bug is written at any level.
   *
   * @param cause what ended the probe, if it failed
   */
  static void write(ProbeResult result, @Nullable Throwable cause) {
    Failure failure = result.failure();
    if (failure != null && failure.reason() == FailureReason.INTERNAL_ERROR) {
      LOG.atError()
          .addKeyValue("target", result.request().target())
          .addKeyValue("phase", failure.phase().label())
          .setCause(cause)
          .log("a probe met a bug");
    }
    if (LOG.isDebugEnabled()) {
      describe(LOG.atDebug(), result, cause).log("probe ended");
    }
  }

  private static LoggingEventBuilder describe(
      LoggingEventBuilder start, ProbeResult result, @Nullable Throwable cause) {
    LoggingEventBuilder line =
        start
            .addKeyValue("target", result.request().target())
            .addKeyValue("module", result.request().module().name())
            .addKeyValue("success", result.success())
            .addKeyValue("duration", result.durationNanos() / 1_000 + "us")
            .addKeyValue("phases", result.timings());
    boolean named = result.request().target().isNamed();
    if (result.address() != null && !named) {
      line = line.addKeyValue("address", result.address().getHostAddress());
    }
    if (result.upgrade() != null) {
      line = line.addKeyValue("status", result.upgrade().statusCode());
    }
    Failure failure = result.failure();
    if (failure != null) {
      line =
          line.addKeyValue("phase", failure.phase().label())
              .addKeyValue("reason", failure.reason().label());
      if (cause != null && isBeforeTheRequest(failure.phase())) {
        line = line.addKeyValue("cause", describe(root(cause), named));
      }
      for (Map.Entry<String, String> detail : result.failureDetails().entrySet()) {
        line = line.addKeyValue(detail.getKey(), detail.getValue());
      }
    }
    return line;
  }

  /** Once the peer knows the path, what it says, and so what an error quotes, may repeat it. */
  private static boolean isBeforeTheRequest(Phase phase) {
    return phase.compareTo(Phase.UPGRADE) < 0;
  }

  /**
   * What a cause says, unless it may say more than it should: that of one kind is a dump of all
   * that the peer sent, and others hold the host, which a named target does not show.
   */
  private static String describe(Throwable cause, boolean named) {
    if (cause instanceof NotSslRecordException) {
      return "the peer does not speak TLS";
    }
    return named ? cause.getClass().getSimpleName() : cause.toString();
  }

  private static Throwable root(Throwable cause) {
    Throwable root = cause;
    for (int depth = 0; root.getCause() != null && depth < MAX_CAUSES; depth++) {
      root = root.getCause();
    }
    return root;
  }
}
