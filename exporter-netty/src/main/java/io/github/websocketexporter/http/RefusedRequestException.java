package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/**
 * That what came is not a request that can be answered, so that where the next one begins cannot be
 * told: the connection ends with the answer. The message is its sentence.
 */
final class RefusedRequestException extends Exception {
  private final transient HttpResponseStatus status;

  RefusedRequestException(HttpResponseStatus status, String sentence) {
    super(sentence);
    this.status = status;
  }

  /** What the HTTP codec could not decode. */
  static RefusedRequestException undecodable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return new RefusedRequestException(
          HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is too long.");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new RefusedRequestException(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's header is too large.");
    }
    return bad("The request is not valid HTTP.");
  }

  /** A 400. */
  static RefusedRequestException bad(String sentence) {
    return new RefusedRequestException(HttpResponseStatus.BAD_REQUEST, sentence);
  }

  HttpResponseStatus status() {
    return status;
  }
}
