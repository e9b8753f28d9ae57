package io.github.websocketexporter.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/**
 * An answer before it is written.
 *
 * @param headers those that belong to this answer; length and connection are added when it is
 *     written
 * @param body the bytes; not copied, so not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // handed from here to the socket, and never compared
record Response(HttpResponseStatus status, HttpHeaders headers, byte[] body) {

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

  /** The same with one more header field. */
  Response with(CharSequence name, String value) {
    headers.set(name, value);
    return this;
  }
}
