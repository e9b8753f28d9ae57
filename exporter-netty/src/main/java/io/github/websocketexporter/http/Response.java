package io.github.websocketexporter.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer before it is written.
 *
 * @param headers those that belong to this answer; length and connection are added when it is
 *     written
 */
record Response(HttpResponseStatus status, HttpHeaders headers, Body body) {

  private static final Logger LOG = LoggerFactory.getLogger(Response.class);

  /** Not checked again for each answer: no part of a field is ever of the request. */
  private static final HttpHeadersFactory HEADERS =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  /** Enough for a probe without TLS, and nearly always for one with it. */
  static final int TYPICAL_SIZE = 6_144;

  /** The body of an answer; made when the answer is written, and not at all if it never is. */
  @FunctionalInterface
  interface Body {
    /** Appends the bytes. */
    void writeTo(ByteBuf out);
  }

  /** An answer with a body of the given type. */
  static Response of(HttpResponseStatus status, String contentType, byte[] body) {
    return of(status, contentType, out -> out.writeBytes(body));
  }

  /** An answer with a body of the given type. */
  static Response of(HttpResponseStatus status, String contentType, Body body) {
    HttpHeaders headers = HEADERS.newHeaders();
    headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    return new Response(status, headers, body);
  }

  /** An answer of one sentence. The sentence must not repeat anything of the request. */
  static Response text(HttpResponseStatus status, String sentence) {
    Response response =
        of(status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    return response.with("x-content-type-options", "nosniff");
  }

  /** That there is too much to do: a 503 that asks to come again in a second. */
  static Response overloaded(String sentence) {
    return text(HttpResponseStatus.SERVICE_UNAVAILABLE, sentence)
        .with(HttpHeaderNames.RETRY_AFTER, "1");
  }

  /** An answer for when the exporter itself is to blame; its log has the rest. */
  static Response ofBug(Throwable bug) {
    LOG.atError().setCause(bug).log("an answer met a bug");
    return text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "The exporter met a bug.");
  }

  /** The same with one more header field. */
  Response with(CharSequence name, String value) {
    headers.set(name, value);
    return this;
  }

  /**
   * The answer as it is written.
   *
   * @param allocator of the buffer for the body
   * @param client the protocol version of the request; a client of HTTP/1.0 keeps the connection
   *     only where the answer says so
   * @param keepAlive whether the connection stays open
   * @param head whether it answers HEAD: with the length of the body, and without it
   */
  FullHttpResponse encode(
      ByteBufAllocator allocator, HttpVersion client, boolean keepAlive, boolean head) {
    ByteBuf content = allocator.ioBuffer(TYPICAL_SIZE);
    try {
      body.writeTo(content);
    } catch (RuntimeException | Error e) {
      content.release();
      throw e;
    }
    headers.set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
    headers.set(HttpHeaderNames.DATE, DateField.now());
    HttpUtil.setKeepAlive(headers, keepAlive ? client : HttpVersion.HTTP_1_1, keepAlive);
    if (headers.contains(HttpHeaderNames.UPGRADE)) {
      headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    }
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1,
        status,
        head ? content.clear() : content,
        headers,
        EmptyHttpHeaders.INSTANCE);
  }
}
