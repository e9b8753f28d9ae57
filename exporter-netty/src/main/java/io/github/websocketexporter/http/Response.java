package io.github.websocketexporter.http;

import io.github.websocketexporter.report.Pages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer before it is written. Encoded by itself, and not by Netty's encoder: head and body are
 * one buffer, whose size fits nearly all of them.
 *
 * @param fields the header fields that belong to this answer, each a line that ends with CRLF;
 *     length, date and connection are added when it is written. No part of a field may be of the
 *     request
 */
record Response(HttpResponseStatus status, String fields, Body body) {

  private static final Logger LOG = LoggerFactory.getLogger(Response.class);

  /** Enough for a probe that holds no connection, and nearly always with TLS too. */
  static final int TYPICAL_SIZE = 7_168;

  /** Room for the longest head: there is one field of some 100 bytes, and a few short ones. */
  private static final int MAX_HEAD = 1_024;

  private static final String CRLF = "\r\n";

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
    return new Response(status, "", body).with(HttpHeaderNames.CONTENT_TYPE, contentType);
  }

  /** An answer of one sentence. The sentence must not repeat anything of the request. */
  static Response text(HttpResponseStatus status, String sentence) {
    Response response =
        of(status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    return response.with("x-content-type-options", "nosniff");
  }

  /** A page of plain text for people, which nobody keeps: it is of this moment. */
  static Response page(byte[] text) {
    return of(HttpResponseStatus.OK, "text/plain; charset=utf-8", text)
        .with(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .with("x-content-type-options", "nosniff");
  }

  /** A page in HTML of this moment, which may do nothing but show itself. */
  static Response html(String page) {
    return of(
            HttpResponseStatus.OK,
            "text/html; charset=utf-8",
            page.getBytes(StandardCharsets.UTF_8))
        .with(HttpHeaderNames.CONTENT_SECURITY_POLICY, Pages.CONTENT_SECURITY_POLICY)
        .with(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer");
  }

  /** That the answer is elsewhere, to be read with GET. */
  static Response seeOther(String location) {
    return text(HttpResponseStatus.SEE_OTHER, "See the page that Location names.")
        .with(HttpHeaderNames.LOCATION, location)
        .with(HttpHeaderNames.CACHE_CONTROL, "no-store");
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
    return new Response(status, fields + name + ": " + value + CRLF, body);
  }

  /**
   * The answer as it is written (RFC 9112, section 4).
   *
   * @param allocator of the buffer
   * @param client the protocol version of the request; a client of HTTP/1.0 keeps the connection
   *     only where the answer says so
   * @param keepAlive whether the connection stays open
   * @param head whether it answers HEAD: with the length of the body, and without it
   */
  ByteBuf encode(ByteBufAllocator allocator, HttpVersion client, boolean keepAlive, boolean head) {
    ByteBuf out = allocator.ioBuffer(MAX_HEAD + TYPICAL_SIZE);
    try {
      body.writeTo(out.setIndex(MAX_HEAD, MAX_HEAD));
      String length = Integer.toString(out.readableBytes());
      if (head) {
        out.writerIndex(MAX_HEAD);
      }
      return prepend(
          out,
          "HTTP/1.1 ",
          status.codeAsText(),
          " ",
          status.reasonPhrase(),
          CRLF,
          fields,
          "content-length: ",
          length,
          CRLF + "date: ",
          DateField.now(),
          CRLF,
          connection(client, keepAlive),
          CRLF);
    } catch (RuntimeException | Error e) {
      out.release();
      throw e;
    }
  }

  /** Puts the head into the room that was left before the body. */
  private static ByteBuf prepend(ByteBuf out, CharSequence... parts) {
    int length = 0;
    for (CharSequence part : parts) {
      length += part.length();
    }
    int at = MAX_HEAD - length;
    out.readerIndex(at);
    for (CharSequence part : parts) {
      at += out.setCharSequence(at, part, StandardCharsets.US_ASCII);
    }
    return out;
  }

  private static String connection(HttpVersion client, boolean keepAlive) {
    if (!keepAlive) {
      return "connection: close" + CRLF;
    }
    return client.minorVersion() == 0 ? "connection: keep-alive" + CRLF : "";
  }
}
