package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import io.github.websocketexporter.module.UpgradeSettings;
import io.github.websocketexporter.probe.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;

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

  /** The fields that are known before the handshake. */
  HttpHeaders fields() {
    HttpHeaders fields = new DefaultHttpHeaders();
    fields.set(
        HttpHeaderNames.HOST, settings.host() == null ? target.hostHeader() : settings.host());
    fields.set(
        HttpHeaderNames.USER_AGENT,
        settings.userAgent() == null ? userAgent : settings.userAgent());
    if (settings.origin() != null) {
      fields.set(HttpHeaderNames.ORIGIN, settings.origin());
    }
    if (!settings.subprotocols().isEmpty()) {
      fields.set(
          HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(", ", settings.subprotocols()));
    }
    if (settings.compression()) {
      fields.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, PerMessageDeflate.OFFER);
    }
    target
        .credentials()
        .ifPresent(
            credentials ->
                fields.set(
                    HttpHeaderNames.AUTHORIZATION,
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(
                                credentials.reveal().getBytes(StandardCharsets.UTF_8))));
    return fields;
  }

  /** The whole request, with {@code fields} and those that are secrets behind them. */
  ByteBuf encode(ByteBufAllocator allocator, HttpHeaders fields) {
    ByteBuf request = allocator.ioBuffer(TYPICAL_BYTES);
    append(request, "GET ", target.requestTarget().reveal(), " HTTP/1.1\r\n");
    Iterator<Map.Entry<CharSequence, CharSequence>> each = fields.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = each.next();
      append(request, field.getKey(), ": ", field.getValue(), "\r\n");
    }
    appendSecrets(request);
    append(request, "\r\n");
    return request;
  }

  /** The user info of a target stands in place of all else that says who the probe is. */
  private void appendSecrets(ByteBuf request) {
    boolean authorized = target.credentials().isPresent();
    for (HeaderField field : settings.headers()) {
      if (!authorized || !HttpHeaderNames.AUTHORIZATION.contentEqualsIgnoreCase(field.name())) {
        append(request, field);
      }
    }
    Authorization authorization = settings.authorization();
    if (authorization != null && !authorized) {
      append(request, authorization.field());
    }
  }

  private static void append(ByteBuf request, HeaderField field) {
    append(request, field.name(), ": ");
    request.writeCharSequence(field.value().reveal(), StandardCharsets.UTF_8);
    append(request, "\r\n");
  }

  private static void append(ByteBuf request, CharSequence... parts) {
    for (CharSequence part : parts) {
      request.writeCharSequence(part, StandardCharsets.US_ASCII);
    }
  }

  /** Hides the user info and the path of the target and the secrets of the settings. */
  @Override
  public String toString() {
    return "upgrade request to " + target;
  }
}
