package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.github.websocketexporter.config.LogSettings;
import io.github.websocketexporter.config.LogSettings.Format;
import io.github.websocketexporter.config.LogSettings.Level;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is logged, where to and how. */
class LoggingTest {
  private static final Logger OURS = LoggerFactory.getLogger("io.github.websocketexporter.Test");
  private static final Logger NETTY = LoggerFactory.getLogger("io.netty.Test");
  private static final Logger OTHER = LoggerFactory.getLogger("com.example.Test");

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream err = System.err;

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
    System.setErr(err);
  }

  private List<String> lines() {
    Logging.stop();
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static void logEverything(Logger logger, String name) {
    logger.error("{}-error", name);
    logger.warn("{}-warn", name);
    logger.info("{}-info", name);
    logger.debug("{}-debug", name);
    logger.trace("{}-trace", name);
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 1", "WARN, 2", "INFO, 3", "DEBUG, 4"})
  void ourOwnCodeSaysAsMuchAsTheLevelAllows(Level level, int count) {
    Logging.configure(new LogSettings(level, Format.LOGFMT));
    logEverything(OURS, "ours");

    assertThat(lines())
        .extracting(line -> line.substring(line.indexOf("msg=")))
        .containsExactlyElementsOf(
            List.of("msg=ours-error", "msg=ours-warn", "msg=ours-info", "msg=ours-debug")
                .subList(0, count));
  }

  @Test
  void ofADnsSocketThatCouldNotBeOpenedNettySaysNothing() {
    Logging.configure(new LogSettings(Level.INFO, Format.LOGFMT));
    Logger promises = LoggerFactory.getLogger("io.netty.util.concurrent.DefaultPromise");

    promises.warn("noise", new IllegalStateException("channel not registered to an event loop"));
    promises.warn("news", new IllegalStateException("anything else"));

    assertThat(lines()).singleElement().asString().contains("msg=news");
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 1", "WARN, 2", "INFO, 2", "DEBUG, 2"})
  void librariesNeverSayMoreThanWarningsForTokensPassThroughThem(Level level, int count) {
    Logging.configure(new LogSettings(level, Format.LOGFMT));
    logEverything(NETTY, "netty");
    logEverything(OTHER, "other");

    assertThat(lines())
        .extracting(line -> line.substring(line.indexOf("msg=")))
        .containsExactlyInAnyOrderElementsOf(
            count == 1
                ? List.of("msg=netty-error", "msg=other-error")
                : List.of(
                    "msg=netty-error", "msg=netty-warn", "msg=other-error", "msg=other-warn"));
  }

  @Test
  void eachEventIsOneJsonObjectOnALineOfItsOwn() {
    Logging.configure(new LogSettings(Level.INFO, Format.JSON));
    OURS.atInfo().addKeyValue("port", 9095).addKeyValue("name", "a \"b\"\n").log("list\nening");
    OURS.error("failed", new IllegalStateException("a\nbug"));

    assertThat(lines()).hasSize(2);
    Config first = json(lines().get(0));
    assertThat(first.getString("formattedMessage")).isEqualTo("list\nening");
    assertThat(first.getString("level")).isEqualTo("INFO");
    assertThat(first.getLong("timestamp")).isPositive();
    assertThat(first.getString("loggerName")).isEqualTo(OURS.getName());
    assertThat(first.getConfigList("kvpList"))
        .extracting(pair -> pair.root().unwrapped().toString())
        .containsExactly("{port=9095}", "{name=a \"b\"\n}");
    assertThat(first.hasPath("throwable")).isFalse();
    Config second = json(lines().get(1));
    assertThat(second.getString("throwable.message")).isEqualTo("a\nbug");
    assertThat(second.getString("throwable.className"))
        .isEqualTo(IllegalStateException.class.getName());
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void configuringAgainReplacesWhatWasThere(Format format) {
    Logging.configure(new LogSettings(Level.DEBUG, Format.LOGFMT));
    Logging.configure(new LogSettings(Level.INFO, format));
    OURS.info("once");
    OURS.debug("never");

    assertThat(lines()).hasSize(1);
    assertThat(lines().get(0).startsWith("{")).isEqualTo(format == Format.JSON);
  }

  @Test
  void aReaderThatStallsHoldsNobodyUp() throws Exception {
    CountDownLatch readsAgain = new CountDownLatch(1);
    OutputStream stalled =
        new OutputStream() {
          @Override
          public void write(int b) {
            awaitUninterruptibly(readsAgain);
          }
        };
    System.setErr(new PrintStream(stalled, true, StandardCharsets.UTF_8));
    Logging.configure(new LogSettings(Level.INFO, Format.LOGFMT));
    try {
      CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  OURS.info("line {}", i);
                }
              })
          .get(10, TimeUnit.SECONDS);
    } finally {
      readsAgain.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void logbackSaysNothingOfItself() {
    Logging.configure(new LogSettings(Level.DEBUG, Format.LOGFMT));

    assertThat(lines()).isEmpty();
  }

  private static Config json(String line) {
    return ConfigFactory.parseString(
        line, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
  }
}
