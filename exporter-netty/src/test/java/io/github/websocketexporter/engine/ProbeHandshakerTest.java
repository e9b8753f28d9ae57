package io.github.websocketexporter.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.UpgradeSettings;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.testing.Peer.Head;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The upgrade request as it goes over the wire. */
class ProbeHandshakerTest {
  @Test
  void sendsTheRequestOfTheRfcAndNothingElse() throws Exception {
    Head head = request("ws://example.test:8080/path");

    assertThat(head.requestLine()).isEqualTo("GET /path HTTP/1.1");
    assertThat(head.value("Host")).isEqualTo("example.test:8080");
    assertThat(head.value("Upgrade")).isEqualToIgnoringCase("websocket");
    assertThat(head.value("Connection")).isEqualToIgnoringCase("upgrade");
    assertThat(head.value("Sec-WebSocket-Version")).isEqualTo("13");
    assertThat(Base64.getDecoder().decode(head.value("Sec-WebSocket-Key"))).hasSize(16);
    assertThat(head.value("User-Agent")).isEqualTo(ProbeRunner.USER_AGENT);
    assertThat(head.values("Origin")).isEmpty();
    assertThat(head.values("Authorization")).isEmpty();
    assertThat(head.values("Sec-WebSocket-Protocol")).isEmpty();
    assertThat(head.values("Sec-WebSocket-Extensions")).isEmpty();
    assertThat(head.lines()).hasSize(7);
  }

  @Test
  void takesAnotherKeyForEachRequest() throws Exception {
    assertThat(request("ws://example.test/").value("Sec-WebSocket-Key"))
        .isNotEqualTo(request("ws://example.test/").value("Sec-WebSocket-Key"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a/../b/./c//d",
        "/%7Etoken%2F%c3%A9?q=%20+&r=a%26b",
        "/unwise/{x}|\\^`\"<>[]",
        "/?x=/y?z",
        "//double"
      })
  void keepsPathAndQueryToTheLetter(String pathAndQuery) throws Exception {
    assertThat(request("ws://example.test" + pathAndQuery).requestLine())
        .isEqualTo("GET " + pathAndQuery + " HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource({"ws://example.test, /", "ws://example.test?q=1, /?q=1"})
  void asksForTheRootWhereThereIsNoPath(String target, String requestTarget) throws Exception {
    assertThat(request(target).requestLine()).isEqualTo("GET " + requestTarget + " HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource({
    "ws://example.test/, example.test",
    "ws://example.test:80/, example.test",
    "wss://example.test/, example.test",
    "wss://example.test:443/, example.test",
    "ws://example.test:443/, example.test:443",
    "wss://example.test:80/, example.test:80",
    "ws://192.0.2.1/, 192.0.2.1",
    "ws://192.0.2.1:8080/, 192.0.2.1:8080",
    "ws://[2001:db8::1]/, [2001:db8::1]",
    "ws://[2001:db8::1]:8080/, [2001:db8::1]:8080",
    "ws://user:secret@example.test/, example.test"
  })
  void namesTheHostAsTheSchemeAsks(String target, String host) throws Exception {
    assertThat(request(target).value("Host")).isEqualTo(host);
  }

  @ParameterizedTest
  @CsvSource({
    "ws://user:secret@example.test/, user:secret",
    "ws://user@example.test/, user:",
    "ws://us%65r:p%40ss%3Aw%C3%B6rd@example.test/, user:p@ss:wörd"
  })
  void authenticatesWithTheUserInfo(String target, String credentials) throws Exception {
    assertThat(request(target).value("Authorization"))
        .isEqualTo("Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)));
  }

  private static Head request(String target) throws Exception {
    ByteBuf bytes =
        new ProbeHandshaker(
                new UpgradeRequest(
                    Target.parse(target), UpgradeSettings.PLAIN, ProbeRunner.USER_AGENT),
                65_536)
            .newRequest(UnpooledByteBufAllocator.DEFAULT);
    String text = bytes.toString(ISO_8859_1);
    bytes.release();
    assertThat(text).endsWith("\r\n\r\n");
    return new Head(text.lines().filter(line -> !line.isEmpty()).toList());
  }
}
