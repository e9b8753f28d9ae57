package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
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

  RequestDecoderTest() {
    channel.pipeline().addLast(decoder);
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

    decoder.proceed();
    assertThat(requests()).containsExactly("/2", ".");
    decoder.proceed();
    assertThat(requests()).containsExactly("/3", ".");

    assertThat(decoder.isHoldingBytes()).isFalse();
    assertThat(channel.config().isAutoRead()).isTrue();
    decoder.proceed();
    assertThat(decoder.isAwaiting()).isTrue();
  }

  @Test
  void nothingMoreIsReadWhileBytesWait() {
    receive(get("/1"));
    assertThat(channel.config().isAutoRead()).as("or a hang-up would go unseen").isTrue();

    receive("G");

    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(requests()).containsExactly("/1", ".");
    decoder.proceed();
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(decoder.isAwaiting()).as("a request has begun").isFalse();
    receive("ET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(requests()).containsExactly("/2", ".");
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
  void bytesThatWaitGoToWhateverTakesItsPlace() {
    receive(get("/upgrade") + "frames");

    channel.pipeline().remove(decoder);

    assertThat(requests()).containsExactly("/upgrade", ".");
    assertThat(channel.config().isAutoRead()).isTrue();
  }
}
