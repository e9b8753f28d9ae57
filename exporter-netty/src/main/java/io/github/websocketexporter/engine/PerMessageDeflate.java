package io.github.websocketexporter.engine;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketClientExtension;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateClientExtensionHandshaker;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The extension permessage-deflate (RFC 7692). It is offered without parameters, of which a server
 * may answer with those that need no offer. None of them matters to a probe: {@link InflateHandler}
 * reads what was compressed in any window, and each message that goes out is compressed by itself.
 */
final class PerMessageDeflate {
  /** What the upgrade request offers. */
  static final String OFFER = "permessage-deflate";

  private static final Pattern PARAMETER =
      Pattern.compile(
          "(server_no_context_takeover|client_no_context_takeover|server_max_window_bits(?==))"
              + "(?:(?<=bits)=(\"?)(?:[89]|1[0-5])\\2)?");

  private static final int LEVEL = 6;
  private static final int LARGEST_WINDOW = 15;
  private static final WebSocketClientExtension WITHOUT_TAKEOVER =
      new PerMessageDeflateClientExtensionHandshaker(LEVEL, false, LARGEST_WINDOW, true, false, 0)
          .handshakeExtension(
              new WebSocketExtensionData(OFFER, Map.of("client_no_context_takeover", "")));

  private PerMessageDeflate() {}

  /** Whether {@code answer} agrees on what was offered: each parameter once, with a valid value. */
  static boolean isAgreed(String answer) {
    String[] parts = answer.split(";", -1);
    Set<String> names = new HashSet<>();
    boolean agreed = parts[0].strip().equals(OFFER);
    for (int i = 1; i < parts.length && agreed; i++) {
      Matcher parameter = PARAMETER.matcher(parts[i].strip());
      agreed = parameter.matches() && names.add(parameter.group(1));
    }
    return agreed;
  }

  /** A handler that compresses the messages that go out. */
  static ChannelHandler newDeflater() {
    return WITHOUT_TAKEOVER.newExtensionEncoder();
  }
}
