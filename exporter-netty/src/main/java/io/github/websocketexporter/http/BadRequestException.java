package io.github.websocketexporter.http;

/** That a request must be mended by its caller. The message is the sentence that tells how. */
final class BadRequestException extends Exception {
  BadRequestException(String sentence) {
    super(sentence);
  }
}
