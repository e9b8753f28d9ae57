package io.github.websocketexporter.metrics;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Text that a peer chose, made fit to be the value of a label, and to be kept. */
public final class PeerText {
  private static final int MAX_LABEL_BYTES = 1_024;
  private static final int MAX_BYTES_OF_CHAR = 3;

  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");

  private PeerText() {}

  /**
   * At most 1 KiB of UTF-8 of {@code raw}, cut between characters; empty where there is none. The
   * text format escapes line feeds but no other control character, and a terminal obeys those.
   */
  public static String label(@Nullable String raw) {
    if (raw == null) {
      return "";
    }
    String text = withoutControls(raw);
    if (text.length() <= MAX_LABEL_BYTES / MAX_BYTES_OF_CHAR) {
      return text;
    }
    CharBuffer from = CharBuffer.wrap(text);
    CharsetEncoder encoder =
        StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE);
    encoder.encode(from, ByteBuffer.allocate(MAX_LABEL_BYTES), true);
    return text.substring(0, from.position());
  }

  private static String withoutControls(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (Character.isISOControl(raw.charAt(i))) {
        return CONTROL.matcher(raw).replaceAll("\uFFFD");
      }
    }
    return raw;
  }
}
