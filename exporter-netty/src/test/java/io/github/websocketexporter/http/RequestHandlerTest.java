package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One connection, without a socket: queue, order, and what happens when something breaks. */
class RequestHandlerTest {
  private static final String FAST = "GET /fast HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String SLOW = "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";

  private final Deque<HttpExchange> slow = new ArrayDeque<>();
  private final List<String> aborted = new ArrayList<>();
  private final StuckWrites stuck = new StuckWrites();
  private boolean draining;
  private RequestHandler handler;
  private EmbeddedChannel channel;

  /** Holds writes back while it is told to, as a client does that reads nothing. */
  private static final class StuckWrites extends ChannelOutboundHandlerAdapter {
    private final Deque<ChannelPromise> held = new ArrayDeque<>();
    private boolean holding;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (holding) {
        held.add(promise);
        context.write(message);
      } else {
        context.write(message, promise);
      }
    }

    private void fail() {
      holding = false;
      while (!held.isEmpty()) {
        held.remove().setFailure(new IOException("the client is gone"));
      }
    }

    private void letGo() {
      holding = false;
      while (!held.isEmpty()) {
        held.remove().setSuccess();
      }
    }
  }

  @BeforeEach
  void connect() {
    Router router =
        new Router(
            Map.of(
                "/fast",
                (request, exchange) ->
                    exchange.respond(Response.text(HttpResponseStatus.OK, query(request))),
                "/slow",
                (request, exchange) -> {
                  slow.add(exchange);
                  exchange.onAbort(() -> aborted.add(query(request)));
                },
                "/bug",
                (request, exchange) -> {
                  throw new IllegalStateException("a bug");
                }),
            Map.of());
    channel = new EmbeddedChannel();
    channel.freezeTime();
    RequestTimer timer =
        new RequestTimer(channel.eventLoop(), Duration.ofSeconds(60), Duration.ofSeconds(10));
    RequestDecoder decoder = new RequestDecoder(new HttpDecoderConfig(), timer);
    handler = new RequestHandler(router::route, timer, () -> draining);
    channel.pipeline().addLast(stuck).addLast(HandlerNames.HTTP, decoder).addLast(handler);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private static String query(RequestHead request) {
    String uri = request.request().uri();
    return uri.substring(uri.indexOf('?') + 1);
  }

  private void receive(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private void answerSlow(String text) {
    slow.remove().respond(Response.text(HttpResponseStatus.OK, text));
    channel.runPendingTasks();
  }

  private String sent() {
    StringBuilder text = new StringBuilder();
    for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(((ByteBuf) out).toString(StandardCharsets.US_ASCII));
      ReferenceCountUtil.release(out);
    }
    return text.toString();
  }

  private List<String> bodies() {
    return sent()
        .lines()
        .filter(line -> !line.isEmpty() && !line.contains(": ") && !line.startsWith("HTTP/"))
        .toList();
  }

  private void advance(Duration time) {
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  private static String numbered(int count) {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < count; i++) {
      requests.append(FAST.replace("/fast", "/fast?" + i));
    }
    return requests.toString();
  }

  @Test
  void twoThousandRequestsInOneReadAreAnsweredInOrder() {
    receive(numbered(2_000));
    channel.runPendingTasks();

    assertThat(bodies()).isEqualTo(numbers(2_000));
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void fiveThousandRequestsThatWaitForASlowOneAreAnsweredInOrderAndNotBefore() {
    receive(SLOW + numbered(5_000));
    assertThat(slow).hasSize(1);
    assertThat(sent()).isEmpty();
    assertThat(channel.config().isAutoRead()).as("no more is read").isFalse();

    answerSlow("first");

    List<String> bodies = bodies();
    assertThat(bodies.get(0)).isEqualTo("first");
    assertThat(bodies.subList(1, bodies.size())).isEqualTo(numbers(5_000));
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void theBufferOfALongRequestLineDoesNotOutliveTheRequest() {
    RequestDecoder first = channel.pipeline().get(RequestDecoder.class);
    receive(FAST);
    assertThat(channel.pipeline().get(RequestDecoder.class)).isSameAs(first);

    receive(FAST.replace("/fast", "/fast?" + "x".repeat(3_000)));

    assertThat(channel.pipeline().get(RequestDecoder.class)).isNotSameAs(first);
    assertThat(first.isAwaiting()).isTrue();
  }

  @Test
  void longRequestsThatArePipelinedAreAnsweredInOrder() {
    String padding = "&" + "x".repeat(3_000);
    StringBuilder requests = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (String number : numbers(100)) {
      requests.append(FAST.replace("/fast", "/fast?" + number + padding));
      expected.add(number + padding);
    }

    receive(SLOW + requests);
    answerSlow("first");

    assertThat(bodies().subList(1, 101)).isEqualTo(expected);
    receive(SLOW + requests.substring(0, requests.length() - 10));
    answerSlow("second");
    assertThat(bodies().subList(1, 100)).isEqualTo(expected.subList(0, 99));
    receive(requests.substring(requests.length() - 10));
    assertThat(bodies()).containsExactly(expected.get(99));
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void whatIsPipelinedTakesTurnsWithOtherConnections() {
    channel
        .pipeline()
        .fireChannelRead(Unpooled.copiedBuffer(numbered(3), StandardCharsets.US_ASCII));

    assertThat(bodies()).as("in one turn of the loop").containsExactly("0");
    channel.runPendingTasks();
    assertThat(bodies()).containsExactly("1", "2");
  }

  @Test
  void aRequestThatWorksWithNoneBehindItIsReadOnFor() {
    receive(SLOW);

    assertThat(channel.config().isAutoRead()).as("or a hang-up would go unseen").isTrue();
  }

  @Test
  void slowRequestsRunOneAfterTheOther() {
    receive(SLOW + SLOW + numbered(2));
    assertThat(slow).hasSize(1);

    answerSlow("one");
    assertThat(slow).hasSize(1);
    assertThat(bodies()).containsExactly("one");

    answerSlow("two");
    assertThat(slow).isEmpty();
    assertThat(bodies()).containsExactly("two", "0", "1");
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void theNextRequestWaitsUntilTheAnswerBeforeItIsWritten() {
    stuck.holding = true;
    receive(FAST + SLOW);
    assertThat(slow).isEmpty();

    stuck.letGo();
    channel.runPendingTasks();

    assertThat(slow).hasSize(1);
  }

  @Test
  void aClientThatGoesAwayAbortsTheRunningRequestOnceAndNoneOfTheWaiting() {
    receive(SLOW.replace("/slow", "/slow?one") + SLOW.replace("/slow", "/slow?two"));

    channel.close();

    assertThat(aborted).containsExactly("one");
    assertThat(slow).hasSize(1);
    answerSlow("late");
    assertThat(sent()).isEmpty();
    assertThat(slow).isEmpty();
  }

  @Test
  void waitingBodiesAreReleasedWhenTheClientGoesAway() {
    receive(
        SLOW
            + "POST /fast HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n"
            + "x".repeat(2_000));

    channel.close();

    assertThat(sent()).isEmpty(); // and the leak detector has nothing to say
  }

  @Test
  void waitingBodiesAreReleasedWhenTheHandlerIsRemoved() {
    receive(
        SLOW
            + "POST /fast HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n"
            + "x".repeat(2_000));

    channel.pipeline().remove(handler);

    assertThat(sent()).isEmpty();
  }

  @Test
  void garbageBehindARunningRequestIsRefusedInItsTurn() {
    receive(SLOW + "GARBAGE\r\n\r\n" + FAST);
    assertThat(sent()).isEmpty();

    answerSlow("first");

    assertThat(sent())
        .startsWith("HTTP/1.1 200 OK")
        .contains("first", "HTTP/1.1 400 Bad Request", "connection: close")
        .endsWith("The request is not valid HTTP.\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whatComesBehindAnAnswerThatClosesIsNotExecuted() {
    stuck.holding = true;
    receive("GET /fast HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + SLOW);
    receive(SLOW);
    stuck.letGo();
    channel.runPendingTasks();

    assertThat(slow).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whatComesBehindARefusalIsNotExecuted() {
    stuck.holding = true;
    receive("GARBAGE\r\n\r\n");
    receive(SLOW);
    stuck.letGo();
    channel.runPendingTasks();

    assertThat(slow).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anEndpointWithABugIsA500AndTheConnectionGoesOn() {
    receive(
        "GET /bug HTTP/1.1\r\nHost: h\r\n\r\n"
            + SLOW
            + "GET /bug HTTP/1.1\r\nHost: h\r\n\r\n"
            + numbered(1));
    answerSlow("slow");

    assertThat(sent().lines().filter(line -> line.startsWith("HTTP/")))
        .containsExactly(
            "HTTP/1.1 500 Internal Server Error",
            "HTTP/1.1 200 OK",
            "HTTP/1.1 500 Internal Server Error",
            "HTTP/1.1 200 OK");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aRequestThatExpects100ContinueGetsItInItsTurnAndItsAnswerAfterTheBody() {
    receive(
        SLOW
            + "PUT /fast HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assertThat(sent()).isEmpty();

    answerSlow("slow");
    assertThat(sent()).endsWith("HTTP/1.1 100 Continue\r\n\r\n");
    receive("xx");

    assertThat(sent()).startsWith("HTTP/1.1 405 Method Not Allowed");
  }

  @Test
  void aRefusedHeadIsAnsweredWithoutABody() {
    receive("HEAD /%zz HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(sent())
        .startsWith("HTTP/1.1 400 Bad Request")
        .contains("content-length: 33")
        .endsWith("\r\n\r\n");
  }

  @Test
  void anAnswerThatCannotBeSentIsTheEnd() {
    stuck.holding = true;
    receive(FAST + SLOW);
    stuck.fail();
    channel.runPendingTasks();

    assertThat(slow).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anEmptyLineBetweenRequestsIsNoRequest() {
    receive(FAST + "\r\n");
    advance(Duration.ofSeconds(10));
    assertThat(sent()).doesNotContain("408");
    assertThat(channel.isOpen()).isTrue();
    receive("\r\n");

    advance(Duration.ofSeconds(10));
    assertThat(sent()).as("one empty line, and no more").contains("408");
  }

  @Test
  void aRequestThatTakesTooLongIsA408AndTheEnd() {
    receive("GET /fast HTTP/1.1\r\n");
    advance(Duration.ofSeconds(10));

    assertThat(sent())
        .startsWith("HTTP/1.1 408 Request Timeout")
        .endsWith("The request took too long to arrive.\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aRequestThatTakesTooLongBehindAHeadIsToldSo() {
    receive("HEAD /fast HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(sent()).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n");

    receive("GET /fast HTTP/1.1\r\n");
    advance(Duration.ofSeconds(10));

    assertThat(sent()).endsWith("The request took too long to arrive.\n");
  }

  @Test
  void anIdleConnectionIsClosedWithoutAWord() {
    for (int i = 0; i < 6; i++) {
      advance(Duration.ofSeconds(10));
    }

    assertThat(sent()).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anAnswerThatTheClientDoesNotTakeIsCutOff() {
    stuck.holding = true;
    receive(FAST);
    advance(Duration.ofSeconds(10));

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aRefusalThatTheClientDoesNotTakeIsCutOffToo() {
    stuck.holding = true;
    receive("GET /fast HTTP/1.1\r\n");
    advance(Duration.ofSeconds(10));
    assertThat(channel.isOpen()).isTrue();
    advance(Duration.ofSeconds(10));

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aConnectionThatIsBetweenRequestsIsIdle() {
    receive(FAST);

    handler.closeIfIdle(channel.pipeline().context(handler));

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aConnectionWithARequestIsNotIdle() {
    receive(SLOW);
    handler.closeIfIdle(channel.pipeline().context(handler));
    assertThat(channel.isOpen()).isTrue();

    draining = true;
    answerSlow("last");
    assertThat(sent()).contains("connection: close").endsWith("last\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aConnectionThatIsReceivingABodyIsNotIdle() {
    receive("GET /fast HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n");
    handler.closeIfIdle(channel.pipeline().context(handler));
    assertThat(channel.isOpen()).isTrue();

    draining = true;
    receive("x");
    assertThat(sent()).contains("200 OK", "connection: close");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anAnswerThatIsUnderWayWhenTheDrainBeginsDidNotSayThatItIsTheLast() {
    stuck.holding = true;
    receive(FAST + SLOW);
    draining = true;
    handler.closeIfIdle(channel.pipeline().context(handler));
    assertThat(channel.isOpen()).as("the answer is not cut off").isTrue();

    stuck.letGo();
    channel.runPendingTasks();
    assertThat(sent()).doesNotContain("connection: close");
    assertThat(channel.isOpen()).as("the next request is answered").isTrue();

    answerSlow("last");
    assertThat(sent()).contains("connection: close").endsWith("last\n");
    assertThat(channel.isOpen()).isFalse();
  }
}
