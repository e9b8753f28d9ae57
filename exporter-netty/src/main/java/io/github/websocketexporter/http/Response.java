package io.github.websocketexporter.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer before it is written.
 *
 * @param headers those that belong to this answer; length and connection are added when it is
 *     written
 * @param body the bytes; not copied, so not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // handed from here to the socket, and never compared
record Response(HttpResponseStatus status, HttpHeaders headers, byte[] body) {

  private static final Logger LOG = LoggerFactory.getLogger(Response.class);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** An answer with a body of the given type. */
  static Response of(HttpResponseStatus status, String contentType, byte[] body) {
    HttpHeaders headers = new DefaultHttpHeaders();
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
   * @param client the protocol version of the request; a client of HTTP/1.0 keeps the connection
   *     only where the answer says so
   * @param keepAlive whether the connection stays open
   * @param head whether it answers HEAD: with the length of the body, and without it
   */
  FullHttpResponse encode(HttpVersion client, boolean keepAlive, boolean head) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body),
            headers,
            EmptyHttpHeaders.INSTANCE);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    headers.set(HttpHeaderNames.DATE, DATE.format(Instant.now()));
    HttpUtil.setKeepAlive(headers, keepAlive ? client : HttpVersion.HTTP_1_1, keepAlive);
    if (headers.contains(HttpHeaderNames.UPGRADE)) {
      headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    }
    return response;
  }
}
