package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One request at a time, and bytes for what waits. */
class RequestDecoderTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final RequestDecoder decoder =
      new RequestDecoder(
          new HttpDecoderConfig(),
          new RequestTimer(channel.eventLoop(), Duration.ofMinutes(1), Duration.ofMinutes(1)));

  private int reads;

  RequestDecoderTest() {
    channel.pipeline().addLast(decoder).addFirst(countingReads());
  }

  private ChannelHandler countingReads() {
    return new ChannelOutboundHandlerAdapter() {
      @Override
      public void read(ChannelHandlerContext context) {
        reads++;
        context.read();
      }
    };
  }

  private void proceed() {
    decoder.proceed();
    channel.runPendingTasks();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void receive(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  /** The targets of the requests that came out, each followed by a dot when it was whole. */
  private List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (Object in = channel.readInbound(); in != null; in = channel.readInbound()) {
      if (in instanceof HttpRequest request) {
        requests.add(request.uri());
      }
      if (in instanceof LastHttpContent) {
        requests.add(".");
      }
      ReferenceCountUtil.release(in);
    }
    return requests;
  }

  @Test
  void theNextRequestComesOutWhenItIsAskedFor() {
    receive(get("/1") + get("/2") + get("/3"));
    assertThat(requests()).containsExactly("/1", ".");
    assertThat(decoder.isHoldingBytes()).isTrue();

    proceed();
    assertThat(requests()).containsExactly("/2", ".");
    proceed();
    assertThat(requests()).containsExactly("/3", ".");

    assertThat(decoder.isHoldingBytes()).isFalse();
    assertThat(channel.config().isAutoRead()).isTrue();
    proceed();
    assertThat(decoder.isAwaiting()).isTrue();
  }

  @Test
  void aLittleMayWaitAndTheClientIsReadOn() {
    receive(get("/1") + "G");

    assertThat(channel.config().isAutoRead()).as("or a hang-up would go unseen").isTrue();
    assertThat(decoder.isHoldingBytes()).isTrue();
    assertThat(requests()).containsExactly("/1", ".");
    proceed();
    assertThat(decoder.isAwaiting()).as("a request has begun").isFalse();
    receive("ET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(requests()).containsExactly("/2", ".");
  }

  @Test
  void nothingMoreIsReadWhenMuchWaits() {
    receive(get("/1"));
    int before = reads;
    String next = get("/2?" + "x".repeat(2_000));
    receive(next.repeat(9));

    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(reads).as("reads that were asked for").isEqualTo(before);
    assertThat(requests()).containsExactly("/1", ".");
    proceed();
    assertThat(requests()).hasSize(2);
    assertThat(channel.config().isAutoRead()).as("less waits now").isTrue();
  }

  @Test
  void anEmptyLineBeforeARequestIsSkippedInParts() {
    receive("\r");
    assertThat(decoder.isAwaiting()).isTrue();
    receive("\n");
    assertThat(decoder.isAwaiting()).isTrue();

    receive(get("/1"));

    assertThat(requests()).containsExactly("/1", ".");
  }

  @Test
  void whatIsNotWantedIsDropped() {
    receive(get("/1") + get("/2"));

    decoder.drop();
    receive(get("/3"));

    assertThat(requests()).containsExactly("/1", ".");
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void aRequestThatTheEndCutsOffDoesNotComeOut() {
    receive(get("/1") + "GET /2 HTTP/1.1\r\n");

    channel.close();

    assertThat(requests()).containsExactly("/1", ".");
  }

  @Test
  void theClientIsReadAgainWhenItIsRemoved() {
    receive(get("/1") + "x".repeat(20_000));
    assertThat(channel.config().isAutoRead()).isFalse();

    channel.pipeline().remove(decoder);

    assertThat(channel.config().isAutoRead()).isTrue();
  }
}
