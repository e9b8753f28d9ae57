package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A listening socket that cannot accept a connection. */
class AcceptHandlerTest {
  private static final String NO_FILE =
      "WARN no file descriptor is left: new connections are turned away or wait";
  private static final String OTHER = "WARN a connection cannot be accepted: trying again";

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<Throwable> passedOn = new ArrayList<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new AcceptHandler(),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
              passedOn.add(cause);
            }
          });

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger(AcceptHandler.class)).addAppender(log);
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
    channel.finishAndReleaseAll();
  }

  @Test
  void givesItsSpareDescriptorToTheNextConnectionAndPausesForTheOneBehindIt() {
    fail("Too many open files");
    pass(Duration.ZERO);
    assertThat(channel.config().isAutoRead()).as("once more, at once").isTrue();

    fail("Too many open files");
    pass(AcceptHandler.PAUSE.minusNanos(1));
    assertThat(channel.config().isAutoRead()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void hasADescriptorToSpareAgainWhenThereIsOne() {
    fail("Too many open files");
    EmbeddedChannel connection = new EmbeddedChannel();

    channel.pipeline().fireChannelRead(connection);

    assertThat(AcceptHandler.hasSpare(connection)).isFalse();
    connection.close();
    fail("Too many open files");
    pass(Duration.ZERO);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void pausesBrieflyAndTriesAgain() {
    fail("Too many open files");
    pass(Duration.ZERO);
    fail("accept(..) failed with error(-24): Too many open files");

    assertThat(channel.config().isAutoRead()).isFalse();
    pass(AcceptHandler.PAUSE.minusNanos(1));
    assertThat(channel.config().isAutoRead()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(passedOn).isEmpty();
  }

  @Test
  void saysSoOnceForEachEpisode() {
    for (int i = 0; i < 100; i++) {
      fail("Too many open files");
      pass(AcceptHandler.PAUSE);
    }
    assertThat(logged()).containsExactly(NO_FILE);

    pass(Episode.CALM.minus(AcceptHandler.PAUSE).minusNanos(1));
    fail("Too many open files");
    assertThat(logged()).containsExactly(NO_FILE);

    pass(Episode.CALM);
    fail("Too many open files");
    assertThat(logged()).containsExactly(NO_FILE, NO_FILE);
  }

  @Test
  void saysWhatElseWentWrong() {
    fail("accept(..) failed with error(-105): No buffer space available");

    assertThat(logged()).containsExactly(OTHER);
    assertThat(log.list.get(0).getKeyValuePairs())
        .extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly("cause=accept(..) failed with error(-105): No buffer space available");
    assertThat(channel.config().isAutoRead()).isFalse();
  }

  @Test
  void staysClosedWhenItIsClosedAmidAPause() {
    fail("Too many open files");
    pass(Duration.ZERO);
    fail("Too many open files");
    channel.close();
    pass(AcceptHandler.PAUSE);

    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.config().isAutoRead()).isFalse();
  }

  private void fail(String message) {
    channel.pipeline().fireExceptionCaught(new IOException(message));
  }

  private void pass(Duration duration) {
    channel.advanceTimeBy(duration.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  private List<String> logged() {
    return log.list.stream().map(event -> event.getLevel() + " " + event.getMessage()).toList();
  }
}
