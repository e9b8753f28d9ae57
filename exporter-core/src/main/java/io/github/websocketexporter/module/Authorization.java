package io.github.websocketexporter.module;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** How a probe says who it is: the header field that goes out with the upgrade request. */
public sealed interface Authorization {
  /** The field that is sent. */
  HeaderField field();

  /** The field of HTTP Basic authentication with {@code credentials}: user, colon, password. */
  static HeaderField basic(Secret credentials) {
    byte[] bytes = credentials.reveal().getBytes(StandardCharsets.UTF_8);
    return new HeaderField(
        "authorization", Secret.of("Basic " + Base64.getEncoder().encodeToString(bytes)));
  }

  /**
   * HTTP Basic authentication (RFC 7617).
   *
   * @param username without a colon; a secret too, for some services take a key in its place
   */
  record Basic(Secret username, Secret password) implements Authorization {
    @Override
    public HeaderField field() {
      return basic(Secret.of(username.reveal() + ":" + password.reveal()));
    }
  }

  /** A bearer token (RFC 6750, section 2.1). */
  record Bearer(Secret token) implements Authorization {
    @Override
    public HeaderField field() {
      return new HeaderField("authorization", Secret.of("Bearer " + token.reveal()));
    }
  }

  /** A header field of any name, such as X-Api-Key. */
  record Header(HeaderField field) implements Authorization {}
}
