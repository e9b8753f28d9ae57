package io.github.websocketexporter.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.websocketexporter.metrics.ExpositionFormat;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.transport.Timers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What no peer may do to a probe, on the whole pipeline of a connection: fuzzed by
 * exporter-netty/fuzz, else run on what that kept. An input is what the peer sends, behind a
 * character that names the probe (see {@link #MODULES}) and one that is {@code 0} where it comes in
 * one piece, else the size of the pieces. In it, <code>{A}</code> stands for the right
 * Sec-WebSocket-Accept, <code>{P}</code> for the PONG to the last PING, and <code>{W}</code> for a
 * tenth of a second.
 */
class ClientFuzzTest {
  private static final String SECRET = "c4n4ry";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** No timer of a probe here is between two of these: no jump makes one late. */
  private static final long TICK_MILLIS = 100;

  /** A frame, or a message, and a few copies of it. */
  private static final long MOST_BYTES = 2 << 20;

  private static final Map<Character, ProbeModule> MODULES =
      Map.of(
          'p', Modules.of(""),
          'z', Modules.of("compression = true, subprotocols = [a, b]"),
          'm',
              Modules.of(
                  "compression = true, messages = [{ send = a, expect = \"h(?P<n>.*)t\","
                      + " skip-unmatched = true, extract = [n] },"
                      + " { send = \"${n}\", expect-hex = \"00\", timeout = 1s }]"),
          't', Modules.of("ping { count = 3, interval = 100ms }"),
          'o', Modules.of("ping { required = false, timeout = 1s }"),
          'r', Modules.of("expect-status = 404"),
          'h', Modules.of("proxy { url = \"http://127.0.0.1:3128\", username = u, password = p }"),
          's',
              Modules.of(
                  "proxy { url = \"socks5://127.0.0.1:1080\", username = u, password = p }"));

  private static final Pattern KEY = Pattern.compile("sec-websocket-key: (\\S+)\r\n");
  private static final Pattern REQUEST =
      Pattern.compile("GET /" + SECRET + " HTTP/1\\.1\r\n(?:[a-z0-9-]+: [ -~]+\r\n)+\r\n");
  private static final int PING = 0x89;
  private static final int CLOSE = 0x88;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<ProbeResult> results = new ArrayList<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private boolean accepted;
  private boolean ponged;

  private void start(ProbeModule module) {
    channel.freezeTime();
    channel.config().setAllocator(allocator);
    NanoClock clock = () -> channel.eventLoop().ticker().nanoTime();
    ProbeAttempt attempt =
        new ProbeAttempt(
            channel.eventLoop(),
            new Stopwatch(clock, Timers.byLoop(clock)),
            ProbeRunner.request("ws://127.0.0.1/" + SECRET, LIMIT, module),
            new Closings(1),
            (over, result, cause) -> results.add(result));
    List<Step> steps = new ArrayList<>(List.of(new StandingConnection(channel)));
    if (module.proxy() != null) {
      steps.add(new ProxyStep("fuzz"));
    }
    steps.add(new UpgradeStep("fuzz"));
    if (!module.messages().isEmpty()) {
      steps.add(new MessagesStep());
    }
    if (!module.upgrade().expectsRefusal()) {
      steps.add(new PingStep(() -> false));
    }
    attempt.start(steps);
  }

  @FuzzTest
  @DictionaryEntries({
    "HTTP/1.1 101 Switching Protocols",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 404 Not Found",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 407 ",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Accept: {A}",
    "{A}",
    "{P}",
    "{W}",
    "Sec-WebSocket-Protocol: a",
    "Sec-WebSocket-Extensions: permessage-deflate",
    "; server_no_context_takeover",
    "; client_max_window_bits=9",
    "Content-Length: 0",
    "Transfer-Encoding: chunked",
    "\u0005\u0000",
    "\u0005\u0002",
    "\u0001\u0000",
    "\u0005\u0000\u0000\u0001",
    "\u0005\u0000\u0000\u0003",
    "\u0089\u0000",
    "\u0088\u0002\u0003\u00e8",
    "\u0081\u0003h1t",
    "\u0082\u0001\u0000",
    "\u00c1\u0000",
    "\u0001\u0000",
    "\u0080\u0000",
    "\u008a\u0008"
  })
  void eachPeerGetsOneResultThatItEarnedAndNothingOfItStays(byte[] bytes) {
    ProbeModule module = bytes.length < 2 ? null : MODULES.get((char) bytes[0]);
    if (module == null) {
      return;
    }
    new ClientFuzzTest().probe(bytes, module);
  }

  private void probe(byte[] bytes, ProbeModule module) {
    start(module);
    receive(
        new String(bytes, 2, bytes.length - 2, ISO_8859_1),
        bytes[1] == '0' ? Integer.MAX_VALUE : 1 + (bytes[1] & 0x7f));
    for (long millis = 0; millis < LIMIT.toMillis() && results.isEmpty(); millis += TICK_MILLIS) {
      pass(TICK_MILLIS);
    }
    assertThat(results).hasSize(1);
    assertEarned(results.get(0), module);
    assertShowsNoSecret(results.get(0));
    pass(1_000);
    assertThat(channel.isOpen()).as("it is open").isFalse();
    assertThat(results).hasSize(1);
    assertThat(channel.runScheduledPendingTasks()).as("the next timer").isEqualTo(-1);
    read();
    assertWire(written.toString(ISO_8859_1));
    channel.checkException();
    channel.finishAndReleaseAll();
    assertThat(used()).as("bytes that nobody released").isZero();
  }

  private long used() {
    return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
  }

  private void receive(String script, int piece) {
    StringBuilder next = new StringBuilder();
    for (int at = 0; at < script.length(); at++) {
      String mark = script.substring(at, Math.min(at + 3, script.length()));
      switch (mark) {
        case "{A}" -> next.append(accept(next, piece));
        case "{P}" -> next.append(pong(next, piece));
        case "{W}" -> {
          feed(next, piece);
          pass(TICK_MILLIS);
        }
        default -> {
          next.append(script.charAt(at));
          continue;
        }
      }
      at += 2;
    }
    feed(next, piece);
  }

  private void feed(StringBuilder text, int piece) {
    byte[] bytes = text.toString().getBytes(ISO_8859_1);
    text.setLength(0);
    for (int at = 0; at < bytes.length && channel.isOpen(); ) {
      int length = Math.min(piece, bytes.length - at);
      channel.writeInbound(allocator.buffer(length).writeBytes(bytes, at, length));
      channel.runPendingTasks();
      at += length;
      read();
      assertThat(used()).as("bytes that are held").isLessThan(MOST_BYTES);
    }
  }

  /** What a server says to the key of the request; what came before may be a proxy's. */
  private String accept(StringBuilder before, int piece) {
    read();
    if (!KEY.matcher(written.toString(ISO_8859_1)).find()) {
      feed(before, piece);
    }
    Matcher key = KEY.matcher(written.toString(ISO_8859_1));
    if (!key.find()) {
      return "";
    }
    accepted = true;
    try {
      byte[] text = (key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private String pong(StringBuilder before, int piece) {
    feed(before, piece);
    read();
    String payload = null;
    for (Frame frame : frames(written.toString(ISO_8859_1))) {
      payload = frame.first() == PING ? frame.payload() : payload;
    }
    ponged |= payload != null;
    return payload == null ? "" : "\u008a" + (char) payload.length() + payload;
  }

  private void pass(long millis) {
    channel.runPendingTasks();
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    // A deadline reads once more before it holds.
    channel.runScheduledPendingTasks();
    channel.runScheduledPendingTasks();
  }

  private void read() {
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      written.writeBytes(bytes(out));
      out.release();
    }
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  private void assertEarned(ProbeResult result, ProbeModule module) {
    assertThat(result.durationNanos()).isBetween(0L, LIMIT.toNanos());
    if (result.failure() != null) {
      assertThat(result.failure().reason()).isNotIn(FailureReason.INTERNAL_ERROR);
      assertThat(result.failure().phase())
          .isIn(Phase.PROXY, Phase.UPGRADE, Phase.MESSAGES, Phase.PING);
      return;
    }
    if (module.upgrade().expectsRefusal()) {
      assertThat(requireNonNull(result.upgrade()).statusCode()).isEqualTo(404);
      return;
    }
    assertThat(accepted).as("it was a WebSocket").isTrue();
    assertThat(requireNonNull(result.upgrade()).statusCode()).isEqualTo(101);
    if (module.ping().required()) {
      assertThat(ponged).as("there was a PONG").isTrue();
      assertThat(requireNonNull(result.roundTrip()).nanos()).isBetween(0L, LIMIT.toNanos());
    }
  }

  private static void assertShowsNoSecret(ProbeResult result) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      ProbeMetrics.write(result, ExpositionFormat.TEXT, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(answer.size()).isLessThan(32_768);
    assertThat(answer.toString(ISO_8859_1)).doesNotContain(SECRET);
    assertThat(result.toString()).doesNotContain(SECRET);
  }

  /** One that the exporter sent: its first byte, and what it holds. */
  private record Frame(int first, String payload) {}

  /** What went out: at most one request, behind what is a proxy's, and frames behind it. */
  private static void assertWire(String text) {
    Matcher request = REQUEST.matcher(text);
    if (!request.find()) {
      assertThat(text).doesNotContain(SECRET);
      return;
    }
    assertThat(text.substring(0, request.start())).doesNotContain(SECRET);
    assertThat(text.substring(request.end())).doesNotContain(SECRET);
    List<Frame> frames = frames(text);
    for (int i = 0; i < frames.size(); i++) {
      Frame frame = frames.get(i);
      boolean last = i == frames.size() - 1;
      assertThat(frame.first() != CLOSE || last).as("nothing comes behind a Close").isTrue();
      if (frame.first() == CLOSE && !frame.payload().isEmpty()) {
        int code = frame.payload().charAt(0) << 8 | frame.payload().charAt(1);
        assertThat(code).isBetween(1000, 4999).isNotIn(1004, 1005, 1006, 1015);
      }
    }
  }

  /** The frames behind the request: all are masked, and whole. */
  private static List<Frame> frames(String text) {
    List<Frame> frames = new ArrayList<>();
    Matcher request = REQUEST.matcher(text);
    int at = request.find() ? request.end() : text.length();
    while (at < text.length()) {
      int first = text.charAt(at);
      int length = text.charAt(at + 1) & 0x7f;
      assertThat(text.charAt(at + 1) & 0x80).as("the mask").isEqualTo(0x80);
      at += 2;
      if (length == 126) {
        length = text.charAt(at) << 8 | text.charAt(at + 1);
        at += 2;
      }
      StringBuilder payload = new StringBuilder();
      for (int i = 0; i < length; i++) {
        payload.append((char) (text.charAt(at + 4 + i) ^ text.charAt(at + i % 4)));
      }
      at += 4 + length;
      frames.add(new Frame(first, payload.toString()));
    }
    assertThat(at).isEqualTo(text.length());
    return frames;
  }
}
