package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.config.WebSettings;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.report.History;
import io.github.websocketexporter.report.Pages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/**
 * What no client may do to the server, on the whole pipeline of a connection: fuzzed by
 * exporter-netty/fuzz, else run on what that kept. An input is what the client sends, behind one
 * character: {@code 0} where it comes in one piece and the probes end at once, {@code 1} where they
 * end when all has come, else the size of the pieces.
 */
class ServerFuzzTest {
  private static final String SECRET = "c4n4ry";
  private static final Set<Integer> STATUSES =
      Set.of(100, 101, 200, 400, 403, 404, 405, 408, 413, 414, 426, 431, 503, 505);
  private static final Set<Integer> ENDS = Set.of(408, 413, 414, 431, 505);
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.1 (\\d{3}) [A-Za-z -]+\r\n((?:[A-Za-z-]+: [ -~]+\r\n)*)\r\n");
  private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)\r\n");
  private static final String CLOSE = "connection: close\r\n";

  private static final ExporterMetrics METRICS = new ExporterMetrics(new BuildInfo("1", "2"));
  private static final LoadedConfig CONFIG = config();

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  private final Queue<Running> running = new ArrayDeque<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private boolean atOnce;
  private int started;
  private int over;

  private static LoadedConfig config() {
    try {
      return ConfigLoader.parse(
              null,
              new ConfigLoader.Flags()
                  .set("test", "web.max-request-line", "2048")
                  .set("test", "web.max-header-size", "2048"))
          .read();
    } catch (InvalidConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** A probe that ends when it is told to, or cancelled: once. */
  private final class Running implements Prober.Probe {
    private final ProbeRequest request;
    private final Consumer<ProbeResult> onResult;
    private boolean ended;

    Running(ProbeRequest request, Consumer<ProbeResult> onResult) {
      this.request = request;
      this.onResult = onResult;
    }

    @Override
    public void cancel() {
      end(FailureReason.CANCELLED);
    }

    void end(FailureReason reason) {
      if (!ended) {
        ended = true;
        over++;
        onResult.accept(
            ProbeResult.builder(request).build(1_000, new Failure(Phase.CONNECT, reason)));
      }
    }
  }

  /** As a socket does, takes nothing but bytes. */
  private static final class BytesOnly extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof ByteBuf) {
        context.write(message, promise);
      } else {
        ReferenceCountUtil.release(message);
        promise.setFailure(new UnsupportedOperationException());
      }
    }
  }

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger("io.github.websocketexporter")).addAppender(log);
  }

  @AfterEach
  void mute() {
    ((Logger) LoggerFactory.getLogger("io.github.websocketexporter")).detachAppender(log);
  }

  private EmbeddedChannel connect() {
    WebSettings web = CONFIG.config().web();
    History history = new History(2);
    Pages pages = new Pages("1", "/probe", "/metrics");
    Router router =
        new Router(
            Map.of(
                "/",
                new HomeEndpoint(pages, LiveConfig.of(CONFIG), history),
                "/config",
                new ConfigEndpoint(LiveConfig.of(CONFIG)),
                "/-/healthy",
                new HealthEndpoint(() -> true, "Healthy.", ""),
                "/-/reload",
                new ReloadEndpoint(LiveConfig.of(CONFIG), true),
                "/-/websocket",
                new WebSocketEndpoint(web.idleTimeout()),
                "/probe",
                new ProbeEndpoint(
                    LiveConfig.of(CONFIG), loop -> this::start, METRICS, history, pages)),
            Map.of("/" + Pages.PROBES, new RecentProbeEndpoint(pages, history)));
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.config().setAllocator(allocator);
    channel
        .pipeline()
        .addLast(new BytesOnly())
        .addLast(
            new ConnectionInitializer(
                web,
                new Connections(1, METRICS),
                router::route,
                router::route,
                () -> Protection.NONE,
                () -> false));
    return channel;
  }

  private Prober.Probe start(ProbeRequest request, Consumer<ProbeResult> onResult) {
    Running probe = new Running(request, onResult);
    started++;
    running.add(probe);
    if (atOnce) {
      endOne();
    }
    return probe;
  }

  private void endOne() {
    running.remove().end(FailureReason.CONNECT_REFUSED);
  }

  @FuzzTest
  @DictionaryEntries({
    "GET / HTTP/1.1",
    "Host: h",
    "GET /probe?target=ws://h/",
    "GET /-/websocket HTTP/1.1",
    "POST /-/reload HTTP/1.1",
    "HEAD /",
    " HTTP/1.0",
    " HTTP/2.0",
    "Content-Length: 1",
    "Transfer-Encoding: chunked",
    "Expect: 100-continue",
    "Connection: close",
    "Connection: keep-alive, upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Key1: 1",
    "Accept-Encoding: gzip",
    "&debug=true",
    "&module="
  })
  void eachClientIsAnsweredInOrderHearsNothingOfItsOwnAndComesToAnEnd(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    running.clear();
    log.list.clear();
    started = 0;
    over = 0;
    atOnce = bytes[0] == '0';
    int piece = atOnce || bytes[0] == '1' ? Integer.MAX_VALUE : 1 + (bytes[0] & 0x7f);
    byte[] sent = Arrays.copyOfRange(bytes, 1, bytes.length);

    EmbeddedChannel channel = connect();
    for (int at = 0; at < sent.length && channel.isOpen(); ) {
      int length = Math.min(piece, sent.length - at);
      ByteBuf next = allocator.buffer(length).writeBytes(sent, at, length);
      orViolation(() -> channel.writeInbound(next));
      at += length;
    }
    for (orViolation(channel::runPendingTasks);
        !running.isEmpty();
        orViolation(channel::runPendingTasks)) {
      endOne();
    }
    boolean wasOpen = channel.isOpen();
    assertThat(wasOpen && !channel.config().isAutoRead()).as("it is left unread").isFalse();
    String answers = written(channel);
    assertAnswers(answers, wasOpen, sent.length);
    assertEnds(channel);
    assertThat(over).as("probes that ended").isEqualTo(started);
    assertThat(log.list).as("what was logged").isEmpty();
    orViolation(channel::checkException);
    channel.finishAndReleaseAll();
    assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
        .as("bytes that nobody released")
        .isZero();
  }

  /**
   * Unlike a real one, an embedded channel takes its pipeline apart while it closes: what the frame
   * decoder throws behind the Close that it wrote finds nobody.
   */
  private static void orViolation(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      if (!(e instanceof CorruptedWebSocketFrameException)) {
        throw e;
      }
    }
  }

  private static String written(EmbeddedChannel channel) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(out.toString(ISO_8859_1));
      out.release();
    }
    return text.toString();
  }

  private static void assertAnswers(String written, boolean open, int received) {
    int answers = 0;
    Matcher head = HEAD.matcher(written);
    int at = 0;
    while (at < written.length()) {
      assertThat(head.region(at, written.length()).lookingAt()).as(written).isTrue();
      int status = Integer.parseInt(head.group(1));
      assertThat(STATUSES).contains(status);
      at = head.end();
      if (status == 101) {
        assertFrames(written.substring(at), open);
        return;
      }
      if (status == 100) {
        continue;
      }
      answers++;
      Matcher length = LENGTH.matcher(head.group(2));
      assertThat(length.find()).as("it has a length").isTrue();
      boolean bodiless = at == written.length() || written.startsWith("HTTP/1.1 ", at);
      if (!bodiless) {
        String body = written.substring(at, at + Integer.parseInt(length.group(1)));
        assertThat(body + head.group()).doesNotContain(SECRET);
        at += body.length();
      }
      boolean last = head.group(2).contains(CLOSE);
      assertThat(last || !ENDS.contains(status)).as("%s closes", status).isTrue();
      if (last) {
        assertThat(at).as("nothing comes behind").isEqualTo(written.length());
        assertThat(open).as("it is open").isFalse();
      }
    }
    assertThat(answers).isLessThanOrEqualTo(1 + received / "GET / HTTP/1.0\n\n".length());
  }

  /** Control frames that are whole and not masked, and nothing behind a Close. */
  private static void assertFrames(String written, boolean open) {
    int at = 0;
    boolean closed = false;
    while (at < written.length()) {
      assertThat(closed).as("it has said Close").isFalse();
      closed = written.charAt(at) == 0x88;
      assertThat((int) written.charAt(at)).isIn(0x88, 0x8a);
      assertThat((int) written.charAt(at + 1)).isLessThanOrEqualTo(125);
      at += 2 + written.charAt(at + 1);
    }
    assertThat(at).isEqualTo(written.length());
    assertThat(closed && open).as("it is open behind a Close").isFalse();
  }

  /** Whatever the client has left half done, or does not say: its time is bounded. */
  private static void assertEnds(EmbeddedChannel channel) {
    Duration most = CONFIG.config().web().idleTimeout().plusSeconds(1);
    for (int i = 0; i < 2 && channel.isOpen(); i++) {
      channel.advanceTimeBy(most.toNanos(), TimeUnit.NANOSECONDS);
      channel.runScheduledPendingTasks();
    }
    assertThat(channel.isOpen()).as("it is open for ever").isFalse();
    written(channel);
  }
}
