package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.probe.FailureReason.CLOSED_BY_PEER;
import static io.github.websocketexporter.probe.FailureReason.CONNECTION_RESET;
import static io.github.websocketexporter.probe.FailureReason.FRAME_TOO_LARGE;
import static io.github.websocketexporter.probe.FailureReason.MESSAGE_MISMATCH;
import static io.github.websocketexporter.probe.FailureReason.MESSAGE_TIMEOUT;
import static io.github.websocketexporter.probe.FailureReason.PONG_TIMEOUT;
import static io.github.websocketexporter.probe.FailureReason.PROTOCOL_VIOLATION;
import static io.github.websocketexporter.probe.FailureReason.UPGRADE_ACCEPT_MISMATCH;
import static io.github.websocketexporter.probe.FailureReason.UPGRADE_EXTENSION;
import static io.github.websocketexporter.probe.FailureReason.UPGRADE_MALFORMED;
import static io.github.websocketexporter.probe.FailureReason.UPGRADE_STATUS;
import static io.github.websocketexporter.probe.FailureReason.UPGRADE_SUBPROTOCOL;
import static io.github.websocketexporter.probe.FailureReason.UPGRADE_TIMEOUT;
import static io.github.websocketexporter.probe.FailureReason.UPGRADE_TOO_LARGE;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.MESSAGES;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Deflated;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Servers that do wrong in one way each, probed all at once on one event loop: each has its phase
 * and its reason, and none is taken for a WebSocket that answers. Those whose wrong has more to it
 * than that have tests of their own: {@link UpgradeProbeTest}, {@link ViolationProbeTest}, {@link
 * BrokenConnectionTest}, {@link CloseProbeTest} and {@link CompressionProbeTest}.
 */
class HostileServersTest extends EngineTest {
  /** Long enough for all of them to come to their phase, short enough to be waited for. */
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private static final ProbeModule PLAIN = Modules.of("");
  private static final ProbeModule COMPRESSING = Modules.of("compression = true");
  private static final ProbeModule CHOOSY = Modules.of("subprotocols = [a, b]");
  private static final ProbeModule TALKING =
      Modules.of("messages = [{ send = a, expect = \"^b$\" }]");

  private static final int FLOOD = 3_000;
  private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\n";
  private static final byte[] EMPTY = {};
  private static final byte[] SOME = "some".getBytes(UTF_8);
  private static final byte[] PART = Peer.frame(false, 0, Peer.BINARY, SOME);

  private final List<ScriptedServer> servers = new ArrayList<>();

  HostileServersTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @AfterEach
  void closeServers() {
    servers.forEach(ScriptedServer::close);
  }

  @TestFactory
  List<DynamicTest> failsWithThePhaseAndTheReason() throws IOException {
    List<Hostile> hostiles = all().filter(each -> !each.isSilent()).toList();
    assertThat(hostiles).hasSizeGreaterThanOrEqualTo(60);
    return probed(hostiles, ProbeRunner.AMPLE);
  }

  @TestFactory
  List<DynamicTest> failsInThePhaseInWhichTheDeadlineComes() throws IOException {
    return probed(all().filter(Hostile::isSilent).toList(), DEADLINE);
  }

  private List<DynamicTest> probed(List<Hostile> hostiles, Duration limit) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Hostile hostile : hostiles) {
      Running probe = start(hostile.script(), limit, hostile.module());
      tests.add(dynamicTest(hostile.name(), () -> hostile.check(probe)));
    }
    Running honest = start(Peer::answerPings, ProbeRunner.AMPLE, PLAIN);
    tests.add(
        dynamicTest(
            "an honest one among them",
            () -> assertThat(honest.result()).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0)));
    return tests;
  }

  private Running start(Script script, Duration limit, ProbeModule module) throws IOException {
    ScriptedServer server = ScriptedServer.start(script);
    servers.add(server);
    return runner.start(ProbeRunner.request(server.ws("/"), limit, module), result -> {});
  }

  private static Stream<Hostile> all() {
    return Stream.of(
            notHttp(),
            statusLines(),
            statuses(),
            headers(),
            handshakes(),
            offers(),
            behindThe101(),
            pongs(),
            closes(),
            frames(),
            silences(),
            floods(),
            conversations())
        .flatMap(each -> each);
  }

  private static Stream<Hostile> notHttp() {
    return Stream.of(
        answer("HTTP/0.9", UPGRADE_MALFORMED, "<html>hello</html>\n"),
        answer("Redis", UPGRADE_MALFORMED, "-ERR unknown command 'GET'\r\n"),
        answer("VNC", UPGRADE_MALFORMED, "RFB 003.008\n"),
        answer("an alert of TLS", UPGRADE_MALFORMED, "\u0015\u0003\u0001\u0000\u0002\u0002\n"),
        answer("nothing but NULs", UPGRADE_MALFORMED, "\0".repeat(100_000)),
        answer("nothing but empty lines", UPGRADE_TIMEOUT, "\r\n".repeat(1_000)),
        answer("SETTINGS of HTTP/2", UPGRADE_MALFORMED, "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\144"),
        answer("a frame without a 101", UPGRADE_MALFORMED, latin1(Peer.frame(Peer.TEXT, SOME))),
        answer("the request itself", UPGRADE_MALFORMED, Head::text));
  }

  private static Stream<Hostile> statusLines() {
    return Stream.of(
        first("HTTP/2", "HTTP/2 101 x"),
        first("HTTP/2.0", "HTTP/2.0 101 x"),
        first("HTTP/1.2", "HTTP/1.2 101 x"),
        first("HTTP/11.1", "HTTP/11.1 101 x"),
        first("HTTP/1.1.1", "HTTP/1.1.1 101 x"),
        first("http/1.1", "http/1.1 101 x"),
        first("another protocol", "ICY/1.1 101 x"),
        first("no protocol", "/1.1 101 x"),
        first("no version", "HTTP 101 x"),
        first("no status", "HTTP/1.1"),
        first("an empty status", "HTTP/1.1  "),
        first("status 0101", "HTTP/1.1 0101 x"),
        first("status +101", "HTTP/1.1 +101 x"),
        first("status -101", "HTTP/1.1 -101 x"),
        first("status 1e2", "HTTP/1.1 1e2 x"),
        first("status 0x65", "HTTP/1.1 0x65 x"),
        first("status 101.0", "HTTP/1.1 101.0 x"),
        first("status 4294967397", "HTTP/1.1 4294967397 x"),
        first("a comma behind the status", "HTTP/1.1 101, x"),
        first("status and text the wrong way round", "HTTP/1.1 Switching 101"));
  }

  private static Stream<Hostile> statuses() {
    return Stream.of(
        refused("200 with all that a 101 has", 200, "200 OK"),
        refused("201 with all that a 101 has", 201, "201 Created"),
        refused("200 that says 101", 200, "200 101 Switching Protocols"),
        refused("205", 205, "205 Reset Content"),
        refused("304", 304, "304 Not Modified"),
        refused("407", 407, "407 Proxy Authentication Required"),
        refused("451", 451, "451 Unavailable For Legal Reasons"),
        refused("600", 600, "600 Whatever"),
        refused("999", 999, "999 Request denied"),
        refused("another version", 426, "426 Upgrade Required\r\nSec-WebSocket-Version: 8"),
        refused("another place", 308, "308 Permanent Redirect\r\nLocation: ws://127.0.0.1:1/"),
        answer("100 with all that a 101 has", UPGRADE_TIMEOUT, head -> valid(head, "100 Continue")),
        answer("102 with all that a 101 has", UPGRADE_TIMEOUT, head -> valid(head, "102 Wait")),
        answer("199 with all that a 101 has", UPGRADE_TIMEOUT, head -> valid(head, "199 Almost")),
        answer(
            "403 behind a thousand interim answers",
            UPGRADE_STATUS,
            Peer.response("100 Continue").repeat(1_000) + Peer.response("403 Forbidden")),
        answer(
            "an interim answer with a body",
            UPGRADE_MALFORMED,
            head -> Peer.response("100 Continue", "Content-Length: 1") + "x" + with(head)));
  }

  private static Stream<Hostile> headers() {
    return Stream.of(
        field("a NUL in a name", "X-\0Nul: x"),
        field("a NUL in a value", "X-Nul: a\0b"),
        field("a carriage return in a value", "X-Return: a\rb"),
        field("a vertical tab in a value", "X-Tab: a\u000bb"),
        field("a form feed in a value", "X-Feed: a\fb"),
        field("an empty name", ": x"),
        field("a line without a colon", "Whatever"),
        field("a name that is not ASCII", "X-Gr\u00f6\u00dfe: x"),
        field("a negative Content-Length", "Content-Length: -1"),
        field("two Content-Lengths", "Content-Length: 1\r\nContent-Length: 2"),
        field("a Content-Length that is none", "Content-Length: 0x10"),
        answer(
            "a folded first line",
            UPGRADE_MALFORMED,
            head -> SWITCHING + " folded: x\r\n" + with(head).substring(SWITCHING.length())),
        answer(
            "one field of 1 MiB",
            UPGRADE_TOO_LARGE,
            head -> with(head, "X-Large: " + "x".repeat(1 << 20))),
        answer(
            "a hundred short fields more, and no end",
            UPGRADE_TOO_LARGE,
            head -> SWITCHING + "X-Many: x\r\n".repeat(102)),
        answer(
            "10,000 fields",
            UPGRADE_TOO_LARGE,
            head -> with(head, "X-Many: x\r\n".repeat(10_000) + "X-Last: x")));
  }

  private static Stream<Hostile> handshakes() {
    return Stream.of(
        upgraded("Upgrade: websocket, h2c", "websocket", "websocket, h2c"),
        upgraded("Upgrade: websocket/13", "websocket", "websocket/13"),
        upgraded("Upgrade: \"websocket\"", "websocket", "\"websocket\""),
        upgraded("an empty Upgrade", "websocket", ""),
        upgraded("Upgrade twice", "websocket", "websocket\r\nUpgrade: h2c"),
        upgraded("Connection: close", "Connection: Upgrade", "Connection: close"),
        upgraded("Connection: Upgraded", "Connection: Upgrade", "Connection: Upgraded"),
        upgraded("Connection: \"Upgrade\"", "Connection: Upgrade", "Connection: \"Upgrade\""),
        upgraded("Connection: no Upgrade", "Connection: Upgrade", "Connection: no Upgrade"),
        accepted("an empty accept", accept -> ""),
        accepted("half an accept", accept -> accept.substring(0, 14)),
        accepted("an accept without its padding", accept -> accept.replace("=", "")),
        accepted("an accept and more", accept -> accept + "=="),
        accepted("an accept in quotes", accept -> '"' + accept + '"'),
        accepted("an accept in another case", HostileServersTest::otherCase),
        accepted("an accept in a list", accept -> accept + ", " + accept),
        accepted("the accept of no key", accept -> Peer.acceptValue("")),
        answer(
            "the key in place of the accept",
            UPGRADE_ACCEPT_MISMATCH,
            head -> with(head).replaceAll("Accept: .*", "Accept: " + key(head))));
  }

  private static Stream<Hostile> offers() {
    String deflate = "Sec-WebSocket-Extensions: permessage-deflate";
    return Stream.of(
        offered("an empty subprotocol", PLAIN, UPGRADE_SUBPROTOCOL, "Sec-WebSocket-Protocol:"),
        offered("both subprotocols", CHOOSY, UPGRADE_SUBPROTOCOL, "Sec-WebSocket-Protocol: a, b"),
        offered("another case", CHOOSY, UPGRADE_SUBPROTOCOL, "Sec-WebSocket-Protocol: A"),
        offered("an empty extension", PLAIN, UPGRADE_EXTENSION, "Sec-WebSocket-Extensions:"),
        offered("no such extension", PLAIN, UPGRADE_EXTENSION, "Sec-WebSocket-Extensions: x-any"),
        offered("deflate and another", COMPRESSING, UPGRADE_EXTENSION, deflate + ", x-any"),
        offered("deflate twice", COMPRESSING, UPGRADE_EXTENSION, deflate + ", permessage-deflate"),
        offered("no such parameter", COMPRESSING, UPGRADE_EXTENSION, deflate + "; level=9"),
        offered(
            "a window of 16 bits",
            COMPRESSING,
            UPGRADE_EXTENSION,
            deflate + "; server_max_window_bits=16"));
  }

  private static Stream<Hostile> behindThe101() {
    return Stream.of(
        behind("a second 101", head -> with(head) + with(head)),
        behind("a body", head -> with(head, "Content-Length: 5") + "hello"),
        behind("chunks", head -> with(head, "Transfer-Encoding: chunked") + "5\r\nhello\r\n"),
        behind("a page", head -> with(head) + "<html>hello</html>"),
        behind("an empty line", head -> with(head) + "\r\n"),
        behind("a NUL", head -> with(head) + "\0\0"),
        behind("HTTP/2", head -> with(head) + "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\144"),
        new Hostile(
            "the end right behind the 101",
            PLAIN,
            PING,
            CLOSED_BY_PEER,
            peer -> {
              peer.acceptUpgrade();
              peer.sendEof();
              peer.awaitEnd();
            }),
        new Hostile(
            "a PONG ahead of the PING",
            PLAIN,
            PING,
            PONG_TIMEOUT,
            peer -> {
              String head = Peer.switchingProtocols(peer.readRequestHead());
              peer.send(head + latin1(Peer.frame(Peer.PONG, new byte[Long.BYTES])));
              peer.awaitEnd();
            }));
  }

  /** PONGs that are not those of the PING, and what is not a PONG, although it has its payload. */
  private static Stream<Hostile> pongs() {
    return Stream.of(
        ponged("an empty PONG", payload -> EMPTY),
        ponged("a PONG of seven bytes", payload -> Arrays.copyOf(payload, 7)),
        ponged("a PONG with one byte more", payload -> Arrays.copyOf(payload, 9)),
        ponged("a PONG of 125 bytes", payload -> Arrays.copyOf(payload, 125)),
        ponged("a PONG in front of a byte", HostileServersTest::shifted),
        ponged("a PONG from behind", HostileServersTest::reversed),
        ponged("a PONG in hexadecimal digits", HostileServersTest::digits),
        ponged("a PONG of the next PING", payload -> next(payload, 1)),
        ponged("a PONG of the PING before", payload -> next(payload, -1)),
        pinged("a PING back", PONG_TIMEOUT, payload -> Peer.frame(Peer.PING, payload)),
        pinged("a message back", PONG_TIMEOUT, payload -> Peer.frame(Peer.BINARY, payload)),
        pinged("text back", PONG_TIMEOUT, payload -> Peer.frame(Peer.TEXT, digits(payload))),
        pinged(
            "a PONG within a message",
            PONG_TIMEOUT,
            payload -> Peer.frame(Peer.BINARY, Peer.frame(Peer.PONG, payload))),
        pinged(
            "a PONG within a PING",
            PONG_TIMEOUT,
            payload -> Peer.frame(Peer.PING, Peer.frame(Peer.PONG, payload))),
        pinged(
            "the very bytes of the PING",
            PROTOCOL_VIOLATION,
            payload -> Peer.maskedFrame(Peer.PING, payload)),
        pinged("a PONG behind a Close", CLOSED_BY_PEER, payload -> behindClose(payload)));
  }

  private static Stream<Hostile> closes() {
    return IntStream.of(1002, 1007, 1008, 1009, 1010, 1012, 1013, 3999, 4000)
        .mapToObj(
            code ->
                pinged(
                    "Close " + code,
                    CLOSED_BY_PEER,
                    payload -> Peer.frame(Peer.CLOSE, Peer.status(code, "go away"))));
  }

  private static Stream<Hostile> frames() {
    return Stream.of(
        sent("a Close within a message", CLOSED_BY_PEER, PART, Peer.frame(Peer.CLOSE, EMPTY)),
        sent("an empty fragment of nothing", PROTOCOL_VIOLATION, Peer.frame(false, 0, 0, EMPTY)),
        sent("compressed text", PROTOCOL_VIOLATION, Peer.frame(true, 4, Peer.TEXT, SOME)),
        sent("a fragment too large", FRAME_TOO_LARGE, PART, hex("007f0000000000010001")),
        sent("a masked frame too large", PROTOCOL_VIOLATION, hex("82ff0000000000010001")),
        sent("all bits", PROTOCOL_VIOLATION, hex("ffff")),
        sent("a frame of HTTP/2", PROTOCOL_VIOLATION, hex("000008070000000000")),
        sent("an alert of TLS", PROTOCOL_VIOLATION, hex("15030300020100")),
        new Hostile(
            "a bomb in 64 KiB",
            COMPRESSING,
            PING,
            FRAME_TOO_LARGE,
            deflating(Peer.frame(true, 4, Peer.BINARY, Deflated.of(new byte[60 << 20])))));
  }

  private static Stream<Hostile> silences() {
    return Stream.of(
        pinged("a byte of a PONG", PONG_TIMEOUT, payload -> new byte[] {(byte) 0x8a}),
        pinged("the head of a PONG", PONG_TIMEOUT, payload -> hex("8a08")),
        pinged("all but a byte of a PONG", PONG_TIMEOUT, HostileServersTest::almost),
        sent("half a length", PONG_TIMEOUT, hex("827e00")),
        sent("a frame that has no end", PONG_TIMEOUT, hex("827f0000000000010000")),
        sent("a message that has no end", PONG_TIMEOUT, PART),
        sent(
            "the start of another protocol",
            PONG_TIMEOUT,
            Peer.frame(Peer.TEXT, "0{}".getBytes(UTF_8))),
        new Hostile(
            "a reset within a PONG",
            PLAIN,
            PING,
            CONNECTION_RESET,
            peer -> {
              peer.acceptUpgrade();
              peer.send(almost(peer.readFrame(Peer.PING).payload()));
              peer.reset();
            }));
  }

  /** Floods that end: those that do not have tests of their own. */
  private static Stream<Hostile> floods() {
    return Stream.of(
        flood("empty text", Peer.frame(Peer.TEXT, EMPTY)),
        flood("empty fragments", PART, Peer.frame(false, 0, 0, EMPTY)),
        flood("fragments of a byte", PART, Peer.frame(false, 0, 0, new byte[1])),
        flood("PONGs of other PINGs", Peer.frame(Peer.PONG, new byte[Long.BYTES])),
        flood("PINGs", Peer.frame(Peer.PING, SOME)),
        flood("messages", Peer.frame(Peer.BINARY, new byte[200])));
  }

  private static Stream<Hostile> conversations() {
    byte[] b = {'b'};
    byte[] start = Peer.frame(false, 0, Peer.TEXT, b);
    return Stream.of(
        said("another case", MESSAGE_MISMATCH, Peer.frame(Peer.TEXT, "B".getBytes(UTF_8))),
        said("an empty message", MESSAGE_MISMATCH, Peer.frame(Peer.TEXT, EMPTY)),
        said("bytes", MESSAGE_MISMATCH, Peer.frame(Peer.BINARY, b)),
        said("one letter too many", MESSAGE_MISMATCH, start, Peer.frame(true, 0, 0, b)),
        said("what is expected in a PING", MESSAGE_TIMEOUT, Peer.frame(Peer.PING, b)),
        said("what is expected in a PONG", MESSAGE_TIMEOUT, Peer.frame(Peer.PONG, b)),
        said("what is expected without an end", MESSAGE_TIMEOUT, start),
        said("what is expected in a Close", CLOSED_BY_PEER, closing("b")),
        said(
            "what is expected behind a Close",
            CLOSED_BY_PEER,
            closing(""),
            Peer.frame(Peer.TEXT, b)),
        said("what is expected compressed", PROTOCOL_VIOLATION, Peer.frame(true, 4, Peer.TEXT, b)),
        said("what is expected masked", PROTOCOL_VIOLATION, Peer.maskedFrame(Peer.TEXT, b)),
        said("a fragment of nothing", PROTOCOL_VIOLATION, Peer.frame(true, 0, 0, b)),
        said("two messages in one", PROTOCOL_VIOLATION, start, Peer.frame(Peer.TEXT, b)),
        said("a message too large", FRAME_TOO_LARGE, hex("817f0000000000010001")));
  }

  /** A server, and what a probe of it is to say. */
  private record Hostile(
      String name, ProbeModule module, Phase phase, FailureReason reason, Script script) {
    /** Whether nothing but its deadline ends the probe. */
    boolean isSilent() {
      return reason == UPGRADE_TIMEOUT || reason == MESSAGE_TIMEOUT || reason == PONG_TIMEOUT;
    }

    void check(Running probe) {
      Phase[] phases = {CONNECT, UPGRADE, phase};
      assertThat(probe.result())
          .failedWith(reason, phase == UPGRADE ? Arrays.copyOf(phases, 2) : phases);
    }
  }

  private static Hostile answer(String name, FailureReason reason, String answer) {
    return answer(name, reason, head -> answer);
  }

  private static Hostile answer(String name, FailureReason reason, Function<Head, String> answer) {
    return answer(name, PLAIN, UPGRADE, reason, answer);
  }

  private static Hostile answer(
      String name,
      ProbeModule module,
      Phase phase,
      FailureReason reason,
      Function<Head, String> answer) {
    return new Hostile(
        name,
        module,
        phase,
        reason,
        peer -> {
          peer.send(answer.apply(peer.readRequestHead()));
          peer.awaitEnd();
        });
  }

  /** A 101 that is valid but for its first line. */
  private static Hostile first(String name, String line) {
    return answer(name, UPGRADE_MALFORMED, head -> with(head).replace(SWITCHING, line + "\r\n"));
  }

  /** An answer with this status, and all that a valid 101 has. */
  private static Hostile refused(String name, int code, String status) {
    assertThat(status).startsWith(String.valueOf(code));
    return answer(name, UPGRADE_STATUS, head -> valid(head, status));
  }

  /** A 101 that is valid but for a field more. */
  private static Hostile field(String name, String field) {
    return answer(name, UPGRADE_MALFORMED, head -> with(head, field));
  }

  /** A 101 that is valid but for what is put in place of something. */
  private static Hostile upgraded(String name, String what, String by) {
    return answer(name, UPGRADE_MALFORMED, head -> with(head).replace(what, by));
  }

  /** A 101 that is valid but for its accept. */
  private static Hostile accepted(String name, Function<String, String> accept) {
    return answer(
        name,
        UPGRADE_ACCEPT_MISMATCH,
        head -> {
          String right = Peer.acceptValue(key(head));
          return with(head).replace(right, accept.apply(right));
        });
  }

  /** A 101 that is valid but for something that was not offered. */
  private static Hostile offered(
      String name, ProbeModule module, FailureReason reason, String field) {
    return answer(name, module, UPGRADE, reason, head -> with(head, field));
  }

  /** A 101, and then what is no frame. */
  private static Hostile behind(String name, Function<Head, String> answer) {
    return answer(name + " behind the 101", PLAIN, PING, PROTOCOL_VIOLATION, answer);
  }

  /** A PONG with another payload than that of the PING. */
  private static Hostile ponged(String name, Function<byte[], byte[]> payload) {
    return pinged(name, PONG_TIMEOUT, right -> Peer.frame(Peer.PONG, payload.apply(right)));
  }

  /** What comes in place of the PONG, made of the payload of the PING. */
  private static Hostile pinged(
      String name, FailureReason reason, Function<byte[], byte[]> answer) {
    return new Hostile(
        name,
        PLAIN,
        PING,
        reason,
        peer -> {
          peer.acceptUpgrade();
          Frame ping = peer.readFrame(Peer.PING);
          peer.send(answer.apply(ping.payload()));
          peer.awaitEnd();
        });
  }

  private static Hostile sent(String name, FailureReason reason, byte[]... frames) {
    return pinged(name, reason, payload -> concat(frames));
  }

  private static Script deflating(byte[] frame) {
    return peer -> {
      String agreed = "Sec-WebSocket-Extensions: permessage-deflate";
      peer.send(Peer.switchingProtocols(peer.readRequestHead(), agreed));
      peer.send(frame);
      peer.awaitEnd();
    };
  }

  private static Hostile flood(String name, byte[]... frames) {
    byte[][] many = Arrays.copyOf(frames, FLOOD);
    Arrays.fill(many, frames.length, FLOOD, frames[frames.length - 1]);
    return sent("thousands of " + name, PONG_TIMEOUT, many);
  }

  /** What comes in place of the message that is expected. */
  private static Hostile said(String name, FailureReason reason, byte[]... frames) {
    return new Hostile(
        "said: " + name,
        TALKING,
        MESSAGES,
        reason,
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame(Peer.TEXT);
          peer.send(concat(frames));
          peer.awaitEnd();
        });
  }

  private static String with(Head head, String... fields) {
    return Peer.switchingProtocols(head, fields);
  }

  /** A valid 101 with another status. */
  private static String valid(Head head, String status) {
    return with(head).replace("101 Switching Protocols", status);
  }

  private static String key(Head head) {
    return head.value("Sec-WebSocket-Key");
  }

  private static String otherCase(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.equals(text) ? text.toUpperCase(Locale.ROOT) : lower;
  }

  private static byte[] shifted(byte[] payload) {
    return ByteBuffer.allocate(9).put(1, payload).array();
  }

  private static byte[] reversed(byte[] payload) {
    return ByteBuffer.allocate(8)
        .putLong(Long.reverseBytes(ByteBuffer.wrap(payload).getLong()))
        .array();
  }

  private static byte[] next(byte[] payload, int by) {
    return ByteBuffer.allocate(8).putLong(ByteBuffer.wrap(payload).getLong() + by).array();
  }

  private static byte[] digits(byte[] payload) {
    return HexFormat.of().formatHex(payload).getBytes(UTF_8);
  }

  private static byte[] almost(byte[] payload) {
    return Arrays.copyOf(Peer.frame(Peer.PONG, payload), 9);
  }

  private static byte[] behindClose(byte[] payload) {
    return concat(Peer.frame(Peer.CLOSE, Peer.status(1000)), Peer.frame(Peer.PONG, payload));
  }

  private static byte[] closing(String reason) {
    return Peer.frame(Peer.CLOSE, Peer.status(1000, reason));
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
