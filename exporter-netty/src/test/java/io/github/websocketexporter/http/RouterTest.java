package io.github.websocketexporter.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths, methods, and what becomes of an exchange. */
class RouterTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Response> answers = new ArrayList<>();
  private final List<RequestHead> handled = new ArrayList<>();
  private final Router router =
      new Router(
          Map.of("/here", (request, exchange) -> handled.add(request)),
          Map.of("/folder/", (request, exchange) -> handled.add(request)));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private HttpExchange exchange() {
    return new HttpExchange(channel, answers::add);
  }

  private static RequestHead head(HttpMethod method, String uri) {
    try {
      return new RequestHead(
          new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, uri),
          RequestTarget.parse(uri, false, ""));
    } catch (RefusedRequestException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/here", "/here?", "/here?a=b", "/here?/other"})
  void aPathFindsItsEndpointWhateverTheQuery(String uri) {
    router.route(head(HttpMethod.GET, uri), exchange());
    router.route(head(HttpMethod.HEAD, uri), exchange());

    assertThat(handled).hasSize(2);
    assertThat(answers).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/here/", "//here", "/HERE", "/%68ere", "/here;a"})
  void anyOtherPathIsA404(String uri) {
    router.route(head(HttpMethod.GET, uri), exchange());

    assertThat(handled).isEmpty();
    assertThat(answers)
        .singleElement()
        .extracting(Response::status)
        .isEqualTo(HttpResponseStatus.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "CONNECT", "get", "PROPFIND"})
  void anyOtherMethodIsA405WithAllow(String method) {
    router.route(head(HttpMethod.valueOf(method), "/here"), exchange());

    assertThat(handled).isEmpty();
    assertThat(answers)
        .singleElement()
        .satisfies(
            answer -> {
              assertThat(answer.status()).isEqualTo(HttpResponseStatus.METHOD_NOT_ALLOWED);
              assertThat(answer.fields()).contains("\r\nallow: GET, HEAD\r\n");
            });
  }

  @Test
  void aFolderIsOfAllThatIsInItAndNoDeeper() {
    router.route(head(HttpMethod.GET, "/folder/a"), exchange());
    router.route(head(HttpMethod.GET, "/folder/"), exchange());
    assertThat(handled).hasSize(2);

    router.route(head(HttpMethod.GET, "/folder/a/b"), exchange());
    router.route(head(HttpMethod.GET, "/folder"), exchange());
    router.route(head(HttpMethod.GET, "/here/"), exchange());
    assertThat(handled).hasSize(2);
    assertThat(answers).hasSize(3);
  }

  @Test
  void anEndpointMayBeForOtherMethods() {
    Endpoint posted =
        new Endpoint() {
          @Override
          public Set<HttpMethod> methods() {
            return Set.of(HttpMethod.POST);
          }

          @Override
          public void handle(RequestHead request, HttpExchange exchange) {
            handled.add(request);
          }
        };
    Router router = new Router(Map.of("/there", posted), Map.of());

    router.route(head(HttpMethod.POST, "/there"), exchange());
    router.route(head(HttpMethod.GET, "/there"), exchange());

    assertThat(handled).hasSize(1);
    assertThat(answers)
        .singleElement()
        .satisfies(
            answer -> {
              assertThat(answer.status()).isEqualTo(HttpResponseStatus.METHOD_NOT_ALLOWED);
              assertThat(answer.fields()).contains("\r\nallow: POST\r\n");
            });
  }

  @Test
  void onlyTheFirstAnswerCounts() {
    HttpExchange exchange = exchange();
    Response first = Response.text(HttpResponseStatus.OK, "1");

    exchange.respond(first);
    exchange.respond(Response.text(HttpResponseStatus.OK, "2"));
    exchange.abort();

    assertThat(answers).containsExactly(first);
  }

  @Test
  void anAbortRunsItsActionOnceAndDropsTheAnswer() {
    List<String> aborts = new ArrayList<>();
    HttpExchange exchange = exchange();
    exchange.onAbort(() -> aborts.add("aborted"));

    exchange.abort();
    exchange.abort();
    exchange.respond(Response.text(HttpResponseStatus.OK, "late"));

    assertThat(aborts).containsExactly("aborted");
    assertThat(answers).isEmpty();
  }

  @Test
  void anAnswerFromAnotherThreadIsGivenOnTheLoop() throws Exception {
    // An embedded channel takes every thread for its loop.
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    try {
      LocalChannel local = new LocalChannel();
      loops.register(local).sync();
      CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
      HttpExchange exchange =
          new HttpExchange(local, answer -> onLoop.complete(local.eventLoop().inEventLoop()));

      exchange.respond(Response.text(HttpResponseStatus.OK, "other"));

      assertThat(onLoop).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(true);
      local.close().sync();
    } finally {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }
  }
}
