package io.github.websocketexporter.benchmarks;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The opening handshake as a probe makes it, by Netty's handshaker: a key and the request around
 * it; and the same with the Accept of the answer checked against the key.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar HandshakeBenchmark -prof gc} printed on
 * 2026-11-23, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15:
 *
 * <pre>
 *   benchmark         ns/op            allocated B/op
 *   request             788 +/- 89     2,136
 *   requestAndVerify  1,165 +/- 174    3,160
 *   answerOnly          336 +/- 26     1,024
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HandshakeBenchmark {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final URI SERVER = URI.create("ws://127.0.0.1:9001/1");

  /** Opens what the engine uses to this benchmark. */
  private static final class Handshaker extends WebSocketClientHandshaker13 {
    Handshaker() {
      super(SERVER, WebSocketVersion.V13, null, false, new DefaultHttpHeaders(), 65_536);
    }

    FullHttpRequest request() {
      return newHandshakeRequest();
    }

    void check(FullHttpResponse response) {
      verify(response);
    }
  }

  /** Makes the key and the request. */
  @Benchmark
  public FullHttpRequest request() {
    return new Handshaker().request();
  }

  /** Makes them, makes the answer as a server does (in the figures too), and verifies that. */
  @Benchmark
  public FullHttpResponse requestAndVerify() throws NoSuchAlgorithmException {
    Handshaker handshaker = new Handshaker();
    String key = handshaker.request().headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    FullHttpResponse response = answer(accept(key));
    handshaker.check(response);
    return response;
  }

  /** The server's part of {@link #requestAndVerify}, to be taken off that. */
  @Benchmark
  public FullHttpResponse answerOnly() throws NoSuchAlgorithmException {
    return answer(accept("dGhlIHNhbXBsZSBub25jZQ=="));
  }

  private static String accept(String key) throws NoSuchAlgorithmException {
    byte[] digest =
        MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
    return Base64.getEncoder().encodeToString(digest);
  }

  private static FullHttpResponse answer(String accept) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept);
    return response;
  }
}
