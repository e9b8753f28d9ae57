package io.github.websocketexporter.module;

import java.util.Base64;

/** What a message that is sent holds (RFC 6455, section 5.6). May be a secret. */
public sealed interface MessagePayload {
  /** Text. */
  record Text(MessageTemplate template) implements MessagePayload {}

  /**
   * Bytes.
   *
   * @param base64 the bytes (RFC 4648, section 4)
   */
  record Binary(Secret base64) implements MessagePayload {
    /** The bytes themselves. */
    public byte[] bytes() {
      return Base64.getDecoder().decode(base64.reveal());
    }
  }
}
