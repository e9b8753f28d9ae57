package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.module.UpgradeSettings;
import io.github.websocketexporter.probe.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upgrade request of a probe (RFC 6455, section 4.1), as bytes. Encoded here, for Netty's
 * encoder would be one more handler to put into the pipeline and to take out again.
 *
 * <p>What the configuration adds was checked when it was read, and goes out as it stands there.
 *
 * @param userAgent the User-Agent field, unless {@code settings} has another
 */
record UpgradeRequest(Target target, UpgradeSettings settings, String userAgent) {
  private static final int TYPICAL_BYTES = 512;

  /** The whole request, with {@code handshake}: the fields that make it one of a WebSocket. */
  ByteBuf encode(ByteBufAllocator allocator, HttpHeaders handshake) {
    ByteBuf request = allocator.ioBuffer(TYPICAL_BYTES);
    append(request, "GET ");
    append(request, target.requestTarget().reveal());
    append(request, " HTTP/1.1\r\n");
    append(request, HttpHeaderNames.HOST, orElse(settings.host(), target.hostHeader()));
    append(request, HttpHeaderNames.USER_AGENT, orElse(settings.userAgent(), userAgent));
    if (settings.origin() != null) {
      append(request, HttpHeaderNames.ORIGIN, settings.origin());
    }
    Iterator<Map.Entry<CharSequence, CharSequence>> fields = handshake.iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      append(request, field.getKey(), field.getValue());
    }
    appendOffers(request);
    appendSecrets(request);
    append(request, "\r\n");
    return request;
  }

  private static String orElse(@Nullable String own, String usual) {
    return own == null ? usual : own;
  }

  private void appendOffers(ByteBuf request) {
    List<String> subprotocols = settings.subprotocols();
    if (!subprotocols.isEmpty()) {
      append(request, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(", ", subprotocols));
    }
    if (settings.compression()) {
      append(request, HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, PerMessageDeflate.OFFER);
    }
  }

  /** The user info of the target stands in place of all else that says who the probe is. */
  private void appendSecrets(ByteBuf request) {
    Secret credentials = target.credentials().orElse(null);
    for (HeaderField field : settings.headers()) {
      if (credentials == null
          || !HttpHeaderNames.AUTHORIZATION.contentEqualsIgnoreCase(field.name())) {
        append(request, field);
      }
    }
    if (credentials != null) {
      append(request, Authorization.basic(credentials));
    } else if (settings.authorization() != null) {
      append(request, settings.authorization().field());
    }
  }

  private static void append(ByteBuf request, HeaderField field) {
    append(request, field.name());
    append(request, ": ");
    request.writeCharSequence(field.value().reveal(), StandardCharsets.UTF_8);
    append(request, "\r\n");
  }

  private static void append(ByteBuf request, CharSequence name, CharSequence value) {
    append(request, name);
    append(request, ": ");
    append(request, value);
    append(request, "\r\n");
  }

  private static void append(ByteBuf request, CharSequence text) {
    request.writeCharSequence(text, StandardCharsets.US_ASCII);
  }

  /** Hides the user info and the path of the target and the secrets of the settings. */
  @Override
  public String toString() {
    return "upgrade request to " + target;
  }
}
