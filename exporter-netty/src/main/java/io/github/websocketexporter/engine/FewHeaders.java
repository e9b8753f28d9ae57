package io.github.websocketexporter.engine;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * The header of a response with no more fields than an honest one has: short ones take twenty times
 * their bytes as objects.
 */
final class FewHeaders extends DefaultHttpHeaders {
  private static final int MOST = 100;

  @Override
  public HttpHeaders add(CharSequence name, Object value) {
    if (size() >= MOST) {
      throw new TooLongFrameException("more than " + MOST + " header fields");
    }
    return super.add(name, value);
  }

  @Override
  public HttpHeaders add(String name, Object value) {
    return add((CharSequence) name, value);
  }
}
