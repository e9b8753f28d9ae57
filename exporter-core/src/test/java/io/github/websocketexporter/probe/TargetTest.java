package io.github.websocketexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.websocketexporter.module.Secret;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  private static final String NO_URL =
      "The target must be a URL such as wss://host/path or ws://host:port/path.";
  private static final String BAD_SCHEME =
      "The scheme of the target must be ws or wss (or http or https, which mean these).";
  private static final String FRAGMENT = "The target must not have a fragment (#).";
  private static final String BACKSLASH = "The target must not have a backslash before its path.";
  private static final String NO_HOST = "The target has no host.";
  private static final String BAD_HOST = "The target's host is not a valid name.";
  private static final String LONG_HOST = "The target's host is longer than 253 characters.";
  private static final String NUMBER_HOST =
      "The target's host ends in a number but is not an IPv4 address in dotted decimal form.";
  private static final String BAD_IP6 = "The target's IPv6 address is not valid.";
  private static final String NO_BRACKET = "The target's IPv6 address lacks its closing bracket.";
  private static final String BAD_PORT = "The target's port must be a number from 1 to 65535.";
  private static final String BAD_PATH =
      "The target's path or query has a space, a control or a non-ASCII character;"
          + " it must be percent-encoded.";
  private static final String BAD_PERCENT =
      "The target's user info has a percent sign that two hexadecimal digits do not follow.";
  private static final String CONTROL_IN_USER_INFO =
      "The target's user info must not have control characters (RFC 7617, section 2).";
  private static final String COLON_IN_USER =
      "The target's user name must not have a colon (RFC 7617, section 2).";

  @Nested
  class Scheme {

    @ParameterizedTest(name = "{0} means TLS: {1}, and port {2} by default")
    @CsvSource({
      "ws, false, 80",
      "http, false, 80",
      "wss, true, 443",
      "https, true, 443",
      "WS, false, 80",
      "Wss, true, 443",
      "HTTP, false, 80",
      "hTTpS, true, 443"
    })
    void choosesTlsAndTheDefaultPort(String scheme, boolean secure, int port) throws Exception {
      Target target = Target.parse(scheme + "://example.com/");

      assertThat(target.secure()).isEqualTo(secure);
      assertThat(target.port()).isEqualTo(port);
      assertThat(target.host()).isEqualTo("example.com");
    }

    @ParameterizedTest(name = "refuses \"{0}\"")
    @ValueSource(strings = {"ftp", "wsss", "w", "", " ws", "ws ", "wſ", "/path?u=ws", "javascript"})
    void refusesEveryOther(String scheme) {
      assertRefused(scheme + "://example.com/", BAD_SCHEME);
    }

    @ParameterizedTest(name = "refuses \"{0}\"")
    @ValueSource(
        strings = {
          "",
          " ",
          "example.com",
          "example.com:80",
          "//example.com/",
          "/path",
          "ws:example.com",
          "ws:/example.com",
          "ws:\\\\example.com"
        })
    void mustBeThere(String text) {
      assertRefused(text, NO_URL);
    }
  }

  @Nested
  class Port {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
      "ws://example.com:1, 1",
      "ws://example.com:443, 443",
      "wss://example.com:80, 80",
      "wss://example.com:65535/p, 65535",
      "ws://example.com:8080?q, 8080",
      "ws://example.com:00080/, 80",
      "ws://[::1]:8080/, 8080"
    })
    void isTheOneThatIsGiven(String text, int port) throws Exception {
      assertThat(Target.parse(text).port()).isEqualTo(port);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
      "ws://example.com:, 80",
      "wss://example.com:/, 443",
      "wss://example.com:?q, 443",
      "wss://[::1]:/, 443"
    })
    void isTheDefaultAfterABareColon(String text, int port) throws Exception {
      assertThat(Target.parse(text).port()).isEqualTo(port);
    }

    @ParameterizedTest(name = "refuses :{0}")
    @ValueSource(
        strings = {
          "0",
          "00000",
          "65536",
          "99999",
          "100000",
          "000080",
          "4294967376",
          "abc",
          "8o",
          "-1",
          "+80",
          "80 ",
          " 80",
          "8.0",
          "0x50",
          "80:81",
          ":80",
          "٨٠"
        })
    void refusesWhatIsNoPort(String port) {
      assertRefused("ws://example.com:" + port + "/", BAD_PORT);
      assertRefused("ws://[::1]:" + port + "/", BAD_PORT);
    }
  }

  @Nested
  class Ip6Literal {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
      "ws://[::1], ::1, 80, [::1], 0:0:0:0:0:0:0:1",
      "ws://[::1]/p, ::1, 80, [::1], 0:0:0:0:0:0:0:1",
      "ws://[::1]:8080/p, ::1, 8080, [::1]:8080, 0:0:0:0:0:0:0:1",
      "wss://[::]:443?q, ::, 443, [::], 0:0:0:0:0:0:0:0",
      "wss://[2001:DB8::A]:9443, 2001:db8::a, 9443, [2001:db8::a]:9443, 2001:db8:0:0:0:0:0:a",
      "wss://[fe80::1], fe80::1, 443, [fe80::1], fe80:0:0:0:0:0:0:1",
      "ws://[1:2:3:4:5:6:7:8], 1:2:3:4:5:6:7:8, 80, [1:2:3:4:5:6:7:8], 1:2:3:4:5:6:7:8",
      "ws://[64:ff9b::192.0.2.1], 64:ff9b::192.0.2.1, 80, [64:ff9b::192.0.2.1], 64:ff9b:0:0:0:0:c000:201"
    })
    void standsWithoutItsBracketsAndInLowerCase(
        String text, String host, int port, String hostHeader, String address) throws Exception {
      Target target = Target.parse(text);

      assertThat(target.host()).isEqualTo(host);
      assertThat(target.tlsName()).isEqualTo(host);
      assertThat(target.port()).isEqualTo(port);
      assertThat(target.hostHeader()).isEqualTo(hostHeader);
      assertThat(address(target)).contains(address);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"ws://[::ffff:192.0.2.1]/", "ws://[::FFFF:C000:0201]/"})
    void isAnIp4AddressWhereItIsAMappedOne(String text) throws Exception {
      Target target = Target.parse(text);

      assertThat(target.literalAddress()).containsInstanceOf(Inet4Address.class);
      assertThat(address(target)).contains("192.0.2.1");
      assertThat(target.hostHeader()).startsWith("[::ffff:").endsWith("]");
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(
        strings = {
          "[]",
          "[:]",
          "[:::]",
          "[1]",
          "[beef]",
          "[a.b]",
          "[localhost]",
          "[127.0.0.1]",
          "[1:2:3:4:5:6:7]",
          "[1:2:3:4:5:6:7:8:9]",
          "[1::2::3]",
          "[::12345]",
          "[::g]",
          "[::-1]",
          "[::256.1.1.1]",
          "[::1.2.3]",
          "[::1.2.3.4.]",
          "[::ffff:010.0.0.1]",
          "[::ffff:0x7f.0.0.1]",
          "[::1%25eth0]",
          "[::1%eth0]",
          "[fe80::1%1]",
          "[v1.fe80::a]",
          "[ ::1]",
          "[::1 ]",
          "[::１]"
        })
    void refusesWhatIsNoAddress(String host) {
      assertRefused("ws://" + host + "/", BAD_IP6);
      assertRefused("ws://" + host + ":8080/", BAD_IP6);
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(strings = {"ws://[::1", "ws://[::1/", "ws://[::1?]", "ws://[::1:80/p]", "ws://["})
    void refusesAMissingBracket(String text) {
      assertRefused(text, NO_BRACKET);
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(strings = {"[::1]x", "[::1]80", "[::1].example", "[::1]]", "[[::1]]", "::1"})
    void refusesJunkAroundTheBrackets(String host) {
      assertRefused("ws://" + host + "/", BAD_PORT);
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(strings = {"x[::1]", "example.com]", "exam[ple"})
    void refusesBracketsInAName(String host) {
      assertThatExceptionOfType(InvalidTargetException.class)
          .isThrownBy(() -> Target.parse("ws://" + host + "/"));
    }
  }

  @Nested
  class Ip4Literal {

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "10.20.30.199", "192.0.2.9"})
    void isADottedQuad(String host) throws Exception {
      Target target = Target.parse("ws://" + host + ":8080/");

      assertThat(target.host()).isEqualTo(host);
      assertThat(address(target)).contains(host);
      assertThat(target.hostHeader()).isEqualTo(host + ":8080");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"１２７.0.0.1", "127。0。0。1"})
    void isReadAfterItsCharactersAreMappedToAscii(String host) throws Exception {
      Target target = Target.parse("ws://" + host + "/");

      assertThat(target.host()).isEqualTo("127.0.0.1");
      assertThat(address(target)).contains("127.0.0.1");
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(
        strings = {
          "2130706433",
          "0",
          "017700000001",
          "0x7f000001",
          "0X7F000001",
          "0x7f.1",
          "0x7f.0.0.0x1",
          "0x",
          "127.1",
          "127.0.1",
          "0177.0.0.1",
          "127.0.0.01",
          "00.0.0.0",
          "256.1.1.1",
          "1.2.3.999",
          "1.2.3.4.5",
          "1.2.3.4.",
          "example.1",
          "example.0x1"
        })
    void refusesEveryOtherSpellingThatAResolverMightTake(String host) {
      assertRefused("ws://" + host + "/", NUMBER_HOST);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1password.example", "127.0.0.1.example", "0xg", "1e3", "3com", "1_2"})
    void isNotEveryNameWithADigit(String host) throws Exception {
      Target target = Target.parse("ws://" + host + "/");

      assertThat(target.host()).isEqualTo(host);
      assertThat(target.literalAddress()).isEmpty();
    }
  }

  @Nested
  class HostName {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
      "example.com, example.com",
      "EXAMPLE.Com, example.com",
      "localhost, localhost",
      "a, a",
      "_sip._tcp.example, _sip._tcp.example",
      "my_service.my_namespace.svc, my_service.my_namespace.svc",
      "_, _",
      "a-b--c.example, a-b--c.example",
      "xn--bcher-kva.example, xn--bcher-kva.example",
      "bücher.example, xn--bcher-kva.example",
      "BÜCHER.example, xn--bcher-kva.example",
      "例え.テスト, xn--r8jz45g.xn--zckzah",
      "ｅxample。com, example.com"
    })
    void isInLowerCaseAscii(String host, String ascii) throws Exception {
      Target target = Target.parse("wss://" + host + "/");

      assertThat(target.host()).isEqualTo(ascii);
      assertThat(target.tlsName()).isEqualTo(ascii);
      assertThat(target.hostHeader()).isEqualTo(ascii);
      assertThat(target.literalAddress()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
      "example.com., example.com., example.com",
      "localhost., localhost., localhost",
      "bücher.example., xn--bcher-kva.example., xn--bcher-kva.example"
    })
    void keepsItsTrailingDotExceptForTls(String host, String kept, String tlsName)
        throws Exception {
      Target target = Target.parse("wss://" + host + ":8443/");

      assertThat(target.host()).isEqualTo(kept);
      assertThat(target.hostHeader()).isEqualTo(kept + ":8443");
      assertThat(target.tlsName()).isEqualTo(tlsName);
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(
        strings = {"ws://", "ws:///", "ws:///path", "ws://?q", "ws://:80/", "ws://u:p@/", "ws://@"})
    void mustBeThere(String text) {
      assertRefused(text, NO_HOST);
    }

    @ParameterizedTest(name = "refuses \"{0}\"")
    @ValueSource(
        strings = {
          ".",
          "..",
          "a..b",
          ".example",
          "example..",
          "-example",
          "example-",
          "a.-b.c",
          "exa mple",
          " example",
          "example ",
          "example\t",
          "example\r\nhost",
          "example\u0000",
          "%65xample",
          "a,b",
          "a*b",
          "a!b",
          "a&b",
          "<a>",
          "a|b",
          "℀.example",
          "a／b",
          "\u00ad",
          "\ud800",
          "xn--"
        })
    void refusesWhatIsNoName(String host) {
      assertRefused("ws://" + host + "/", BAD_HOST);
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(
        strings = {
          "ws://example.com\\/",
          "ws://exa\\mple.com/",
          "ws://good.example\\@evil.example/",
          "ws://\\\\example.com/",
          "ws://user:pass\\word@example.com/"
        })
    void refusesABackslashBeforeThePath(String text) {
      assertRefused(text, BACKSLASH);
    }

    @Test
    void hasLabelsOfUpTo63Characters() throws Exception {
      String label = "a".repeat(63);

      assertThat(Target.parse("ws://" + label + ".example/").host()).isEqualTo(label + ".example");
      assertRefused("ws://" + label + "a.example/", BAD_HOST);
      assertRefused("ws://" + "ü".repeat(63) + ".example/", BAD_HOST);
    }

    @Test
    void hasUpTo253CharactersAndATrailingDot() throws Exception {
      String labels = ("a".repeat(49) + ".").repeat(5);
      String longest = labels + "abc";

      assertThat(longest).hasSize(253);
      assertThat(Target.parse("ws://" + longest).host()).isEqualTo(longest);
      assertThat(Target.parse("ws://" + longest + ".").host()).isEqualTo(longest + ".");
      assertRefused("ws://" + longest + "d", LONG_HOST);
      assertRefused("ws://" + longest + "d.", LONG_HOST);
    }
  }

  @Nested
  class RequestTarget {

    @ParameterizedTest(name = "of ws://example.com{0} is {0}")
    @ValueSource(
        strings = {
          "/",
          "/chat",
          "/a/b/c/",
          "/chat?room=1",
          "/?",
          "/a//b",
          "/a/../b/./c",
          "/%2F",
          "/%252F",
          "/%2f%c3%BC%C3%bc",
          "/%zz",
          "/%",
          "/a%4",
          "/a+b?c+d=e%20f%2B",
          "/socket.io/?EIO=4&transport=websocket",
          "/p?u=wss://other.example:1/x?y=z",
          "/~user/!$&'()*,;=:@",
          "/a|b\"<>^`{}[]",
          "/back\\slash",
          "/user:pass@host"
        })
    void isKeptToTheLetter(String pathAndQuery) throws Exception {
      Target target = Target.parse("ws://example.com" + pathAndQuery);

      assertThat(target.requestTarget().reveal()).isEqualTo(pathAndQuery);
      assertThat(target.host()).isEqualTo("example.com");
      assertThat(target.credentials()).isEmpty();
    }

    @ParameterizedTest(name = "of {0} is {1}")
    @CsvSource({
      "ws://example.com, /",
      "ws://example.com:8080, /",
      "ws://[::1], /",
      "ws://example.com?, /?",
      "ws://example.com?q, /?q",
      "ws://example.com:8080?a=b&c=/d, /?a=b&c=/d",
      "ws://example.com?a@b, /?a@b"
    })
    void beginsWithASlashEvenWithoutAPath(String text, String requestTarget) throws Exception {
      assertThat(Target.parse(text).requestTarget().reveal()).isEqualTo(requestTarget);
    }

    @Test
    void keepsAnEncodedNumberSign() throws Exception {
      assertThat(Target.parse("ws://example.com/a%23b").requestTarget().reveal())
          .isEqualTo("/a%23b");
    }

    @ParameterizedTest(name = "refuses {0}")
    @ValueSource(
        strings = {
          "ws://example.com/#top",
          "ws://example.com/path#",
          "ws://example.com/?q#f",
          "ws://example.com#f",
          "ws://us#er@example.com/",
          "ws://#"
        })
    void refusesAFragment(String text) {
      assertRefused(text, FRAGMENT);
    }

    @ParameterizedTest(name = "refuses \"{0}\"")
    @ValueSource(
        strings = {
          "/a b",
          "/a ",
          "/ ",
          "/?q= 1",
          "/a\tb",
          "/a\r\nHost: evil.example",
          "/a\nb",
          "/a\rb",
          "/a\u0000",
          "/a\u001f",
          "/a\u007f",
          "/a\u0085",
          "/a\u00a0b",
          "/bücher",
          "/?q=ü",
          "?ü",
          "/\ud83d\ude00",
          "/\ud800"
        })
    void refusesWhatMustBePercentEncoded(String pathAndQuery) {
      assertRefused("ws://example.com" + pathAndQuery, BAD_PATH);
    }
  }

  @Nested
  class Credentials {

    @ParameterizedTest(name = "of {0} are {1}")
    @CsvSource({
      "user:pass, user:pass",
      "user, user:",
      "user:, user:",
      ":pass, :pass",
      "user:pa:ss, user:pa:ss",
      "user:pa%3Ass, user:pa:ss",
      "user:p%40ss, user:p@ss",
      "user:p@ss, user:p@ss",
      "us%65r:p%61ss, user:pass",
      "a%2fb:c%2Fd, a/b:c/d",
      "j%C3%BCrgen:stra%c3%9fe, jürgen:straße",
      "jürgen:straße, jürgen:straße",
      "a+b:c+d, a+b:c+d",
      "100%25:%2525, 100%:%25"
    })
    void areTheDecodedUserInfo(String userInfo, String credentials) throws Exception {
      Target target = Target.parse("ws://" + userInfo + "@example.com:81/p");

      assertThat(target.credentials()).contains(Secret.of(credentials));
      assertThat(target.host()).isEqualTo("example.com");
      assertThat(target.hostHeader()).isEqualTo("example.com:81");
      assertThat(target.requestTarget().reveal()).isEqualTo("/p");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"ws://example.com/", "ws://example.com/u:p@h", "ws://example.com?u@h"})
    void areAbsentWithoutUserInfo(String text) throws Exception {
      assertThat(Target.parse(text).credentials()).isEmpty();
    }

    @Test
    void standBeforeAnIp6Address() throws Exception {
      Target target = Target.parse("ws://user:pass@[::1]:81/");

      assertThat(target.credentials()).contains(Secret.of("user:pass"));
      assertThat(target.host()).isEqualTo("::1");
      assertThat(target.port()).isEqualTo(81);
    }

    @ParameterizedTest(name = "refuse {0}")
    @ValueSource(
        strings = {
          "us%zzer", "user%", "user%4", "u:p%", "u:p%4", "u:%g0", "u:%0g", "%%41", "u:% 1"
        })
    void refuseABadPercentSign(String userInfo) {
      assertRefused("ws://" + userInfo + "@example.com/", BAD_PERCENT);
    }

    @ParameterizedTest(name = "refuse {0}")
    @ValueSource(strings = {"us%3Aer", "us%3aer:pass", "%3A"})
    void refuseAnEncodedColonInTheUserName(String userInfo) {
      assertRefused("ws://" + userInfo + "@example.com/", COLON_IN_USER);
    }

    @ParameterizedTest(name = "refuse {0}")
    @ValueSource(strings = {"us%0Aer:pass", "user:pa%0D%0Ass", "user:%00", "%7F", "us%C2%85er"})
    void refuseControlCharacters(String userInfo) {
      assertRefused("ws://" + userInfo + "@example.com/", CONTROL_IN_USER_INFO);
    }

    @Test
    void areAbsentWhereTheUserInfoIsEmpty() throws Exception {
      assertThat(Target.parse("ws://@example.com/").credentials()).isEmpty();
    }
  }

  @Nested
  class HostHeader {

    @ParameterizedTest(name = "of {0} is {1}")
    @CsvSource({
      "ws://example.com, example.com",
      "ws://example.com:80, example.com",
      "ws://example.com:443, example.com:443",
      "wss://example.com, example.com",
      "wss://example.com:443, example.com",
      "wss://example.com:80, example.com:80",
      "https://example.com:8443, example.com:8443",
      "ws://user:pass@Example.com.:81/p?q, example.com.:81",
      "ws://127.0.0.1:80, 127.0.0.1",
      "wss://[::1]:443, [::1]",
      "ws://[::1]:443, [::1]:443"
    })
    void leavesOutTheDefaultPort(String text, String hostHeader) throws Exception {
      assertThat(Target.parse(text).hostHeader()).isEqualTo(hostHeader);
    }
  }

  @Nested
  class Text {

    @ParameterizedTest(name = "of {0} is {1}")
    @CsvSource({
      "ws://example.com, ws://example.com:80/…",
      "https://EXAMPLE.com/, wss://example.com:443/…",
      "wss://c4n4ry:c4n4ry@example.com:8443/c4n4ry?c4n4ry=c4n4ry, wss://example.com:8443/…",
      "ws://c4n4ry@[::1]:81?c4n4ry, ws://[::1]:81/…",
      "wss://bücher.example./c4n4ry, wss://xn--bcher-kva.example.:443/…"
    })
    void showsSchemeHostAndPortAndNoSecret(String text, String shown) throws Exception {
      assertThat(Target.parse(text)).hasToString(shown);
      assertThat(Target.parse(text).toString()).doesNotContain("c4n4ry");
    }

    @Test
    void isTheNameAloneOfATargetThatHasOne() throws Exception {
      Target target = Target.parse("wss://c4n4ry.example.com:8443/c4n4ry");
      Target named = target.named("node1");

      assertThat(named).hasToString("node1");
      assertThat(named.isNamed()).isTrue();
      assertThat(named.hostHeader()).isEqualTo("c4n4ry.example.com:8443");
      assertThat(named.requestTarget()).isEqualTo(target.requestTarget());
      assertThat(target.isNamed()).isFalse();
    }

    @Test
    void isMaskedWhereverTheSecretsArePrinted() throws Exception {
      Target target = Target.parse("ws://c4n4ry:c4n4ry@example.com/c4n4ry?c4n4ry");

      assertThat(target.requestTarget()).hasToString("***");
      assertThat(target.credentials().toString()).doesNotContain("c4n4ry");
    }
  }

  @Nested
  @DisplayName("The message of a refusal")
  class Message {

    @ParameterizedTest(name = "of \"{0}\"")
    @ValueSource(
        strings = {
          "c4n4ry",
          "c4n4ry://example.com/",
          "C4N4RY://example.com/",
          "/c4n4ry?x=ws://example.com",
          "ws://c4n4ry..example/",
          "ws://c4n4ry-/",
          "ws://c4n4ry example/",
          "ws://ü..c4n4ry/",
          "ws://c4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ry/",
          "ws://c4n4ry.2130706433/",
          "ws://c4n4ry.0x7f/",
          "ws://[c4n4ry]/",
          "ws://[::c4n4ry]/",
          "ws://[::1%c4n4ry]/",
          "ws://[beef::c4n4ry",
          "ws://[::1]c4n4ry/",
          "ws://example.com:c4n4ry/",
          "ws://c4n4ry:c4n4ry/",
          "ws://c4n4ry:0/",
          "ws://c4n4ry:99999/c4n4ry?c4n4ry",
          "ws://c4n4ry\\@example.com/",
          "ws://example.com\\c4n4ry/",
          "ws://c4n4ry@/c4n4ry",
          "ws://c4n4ry%zz@example.com/",
          "ws://c4n4ry:%@example.com/",
          "ws://c4n4ry%3A:c4n4ry@example.com/",
          "ws://user:c4n4ry/c4n4ry@example.com/",
          "ws://user:c4n4ry@example.com:0/c4n4ry",
          "ws:///c4n4ry",
          "ws://?c4n4ry",
          "ws://example.com/c4n4ry c4n4ry",
          "ws://example.com/\r\nc4n4ry: c4n4ry",
          "ws://example.com/?token=c4n4ry\u0000",
          "ws://example.com/?token=c4n4ryü",
          "ws://example.com/c4n4ry#c4n4ry"
        })
    void isOnePlainSentenceThatRepeatsNothing(String text) {
      InvalidTargetException refusal =
          catchThrowableOfType(InvalidTargetException.class, () -> Target.parse(text));

      assertThat(refusal).isNotNull().hasNoCause();
      assertThat(refusal.toString()).doesNotContainIgnoringCase("c4n4ry");
      assertThat(refusal.getMessage())
          .matches("The [ -~]+\\.")
          .doesNotContain(". ")
          .doesNotContainIgnoringCase("c4n4ry")
          .doesNotContain("example.com", "99999", "2130706433", "0x7f", "beef");
    }
  }

  private static Optional<String> address(Target target) {
    return target.literalAddress().map(InetAddress::getHostAddress);
  }

  private static void assertRefused(String text, String message) {
    assertThatExceptionOfType(InvalidTargetException.class)
        .isThrownBy(() -> Target.parse(text))
        .withMessage(message)
        .withNoCause();
  }
}
