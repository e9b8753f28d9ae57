package io.github.websocketexporter.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.SessionSettings;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.engine.ProbeResources;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.probe.Prober.Probe;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.transport.FrozenTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sessions and the server that they go to, over real sockets on one event loop, while time stands
 * still: it moves only when the test moves it.
 */
final class FrozenSessions implements AutoCloseable {
  /** What a module has that is not said otherwise: PINGs each second, late after five. */
  static final String PLAIN = "continuous = true, ping { interval = 1s, timeout = 5s }";

  private static final Duration STEP = Duration.ofMillis(100);
  private static final int QUIET_TURNS = 3;

  private final MockTicker time = Ticker.newMockTicker();
  private final FrozenTransport frozen = new FrozenTransport(time);
  private final ManualIoEventLoop loop = frozen.loop();
  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1", "1"));
  private final Sessions sessions;
  private final Prober prober;
  private @Nullable Channel listener;
  private int port;

  private final List<Visit> visits = new ArrayList<>();
  private boolean answersPings = true;
  private int closeAtOnce;
  private Function<String, @Nullable String> answer = text -> null;

  /** A connection that came to the server. */
  final class Visit extends SimpleChannelInboundHandler<WebSocketFrame> {
    private final List<ByteBuf> unanswered = new ArrayList<>();

    /** When each PING came, since the beginning. */
    final List<Duration> pings = new ArrayList<>();

    final List<String> texts = new ArrayList<>();
    @Nullable Integer closeCode;
    private @Nullable ByteBuf newest;
    private @Nullable Channel channel;

    @Override
    public void channelActive(ChannelHandlerContext context) {
      channel = context.channel();
      context.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (closeAtOnce > 0 && event instanceof HandshakeComplete) {
        send(new CloseWebSocketFrame(closeAtOnce, ""));
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
      if (frame instanceof PingWebSocketFrame) {
        pings.add(now());
        newest = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(frame.content()));
        unanswered.add(newest.copy());
        if (answersPings) {
          answerAll();
        }
      } else if (frame instanceof TextWebSocketFrame text) {
        texts.add(text.text());
        String reply = answer.apply(text.text());
        if (reply != null) {
          send(new TextWebSocketFrame(reply));
        }
      } else if (frame instanceof CloseWebSocketFrame close) {
        closeCode = close.statusCode();
        context.writeAndFlush(close.retain());
        context.close();
      }
    }

    /** Answers all PINGs that wait for it. */
    void answerPings() {
      answerAll();
      settle();
    }

    /** Forgets those that wait: they are never answered. */
    void dropPings() {
      unanswered.clear();
    }

    /** Sends the newest PONG once more. */
    void repeatPong() {
      send(new PongWebSocketFrame(requireNonNull(newest).copy()));
    }

    private void answerAll() {
      unanswered.forEach(payload -> send(new PongWebSocketFrame(payload)));
      unanswered.clear();
    }

    void send(WebSocketFrame frame) {
      channel().writeAndFlush(frame);
    }

    void sendClose(int code) {
      send(new CloseWebSocketFrame(code, ""));
      settle();
    }

    void reset() {
      channel().config().setOption(ChannelOption.SO_LINGER, 0);
      channel().close();
      settle();
    }

    boolean isOpen() {
      return channel().isOpen();
    }

    private Channel channel() {
      return requireNonNull(channel);
    }
  }

  /** A scrape that was begun. */
  static final class Scrape {
    private final List<ProbeResult> results = new ArrayList<>();
    private @Nullable Probe probe;

    boolean isAnswered() {
      return !results.isEmpty();
    }

    ProbeResult result() {
      assertThat(results).as("results of a scrape").hasSize(1);
      return results.get(0);
    }

    void cancel() {
      requireNonNull(probe).cancel();
    }
  }

  FrozenSessions() {
    this(new SessionSettings(100, seconds(10), Duration.ofMinutes(10), Duration.ofDays(1)));
  }

  /** Sessions whose leases are a minute at the most. */
  static FrozenSessions ofShortLeases() {
    return new FrozenSessions(
        new SessionSettings(100, seconds(10), Duration.ofMinutes(1), Duration.ofDays(1)));
  }

  FrozenSessions(SessionSettings settings) {
    ProbeResources resources =
        new ProbeResources(
            frozen.transport(), ImmediateEventExecutor.INSTANCE.newPromise(), "test");
    NettyProber probes = NettyProber.of(loop, resources, 100);
    sessions = new Sessions(Map.of(loop, probes), settings, metrics, time::nanoTime);
    prober = sessions.proberOf(loop, probes);
    listen();
  }

  /** Begins to listen, on the port that it had before. */
  void listen() {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(frozen.transport().serverChannels())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Visit visit = new Visit();
                    visits.add(visit);
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(4_096),
                            protocol(),
                            visit);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), port);
    settle();
    listener = bound.channel();
    port = ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private static WebSocketServerProtocolHandler protocol() {
    WebSocketServerProtocolConfig config =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath("/")
            .checkStartsWith(true)
            .handleCloseFrames(false)
            .sendCloseFrame(null)
            .dropPongFrames(false)
            .build();
    return new WebSocketServerProtocolHandler(config) {
      /** Leaves PINGs to the test, which answers them when it wants to. */
      @Override
      protected void decode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {
        out.add(frame.retain());
      }
    };
  }

  /** Refuses connections from now on, and resets those that are there. */
  void goDown() {
    requireNonNull(listener).close();
    visits.stream().filter(Visit::isOpen).forEach(Visit::reset);
    settle();
  }

  /** Says whether PINGs are answered as they come. */
  void answersPings(boolean value) {
    answersPings = value;
  }

  /** Has the server close connections as soon as they are open. */
  void closesAtOnce(int code) {
    closeAtOnce = code;
  }

  /** Says what texts are answered with. */
  void answersTexts(Function<String, @Nullable String> answers) {
    answer = answers;
  }

  List<Visit> visits() {
    return visits;
  }

  /** The newest connection. */
  Visit visit() {
    return visits.get(visits.size() - 1);
  }

  String target(String path) {
    return "ws://127.0.0.1:" + port + path;
  }

  static ProbeModule module(String settings) {
    return Modules.of(settings);
  }

  /** Scrapes, and does what can be done before time goes on. */
  Scrape scrape(String path, ProbeModule module, Duration limit) {
    Scrape scrape = begin(path, module, limit);
    settle();
    return scrape;
  }

  /** Lets time go by while nothing is done, and has a scrape come in before anything else is. */
  Scrape beginAfterJump(String path, ProbeModule module, Duration stop) {
    time.advance(stop.toNanos(), TimeUnit.NANOSECONDS);
    Scrape scrape = begin(path, module, seconds(9));
    settle();
    return scrape;
  }

  /** Lets time go by while nothing is done. */
  void jump(Duration stop) {
    time.advance(stop.toNanos(), TimeUnit.NANOSECONDS);
    settle();
  }

  /** Has a scrape come in, which is answered when the loop turns. */
  Scrape begin(String path, ProbeModule module, Duration limit) {
    Scrape scrape = new Scrape();
    try {
      ProbeRequest request = new ProbeRequest(Target.parse(target(path)), module, limit);
      loop.execute(() -> scrape.probe = prober.start(request, scrape.results::add));
    } catch (InvalidTargetException e) {
      throw new IllegalArgumentException(e);
    }
    return scrape;
  }

  /** What a scrape finds that is answered at once. */
  ProbeResult scrape(String path, ProbeModule module) {
    return scrape(path, module, seconds(9)).result();
  }

  Duration now() {
    return Duration.ofNanos(time.nanoTime());
  }

  /** Lets time go by. */
  void pass(Duration duration) {
    long left = duration.toNanos();
    while (left > 0) {
      long step = Math.min(left, STEP.toNanos());
      time.advance(step, TimeUnit.NANOSECONDS);
      left -= step;
      settle();
    }
  }

  /** Does all that can be done now. */
  void settle() {
    for (int quiet = 0; quiet < QUIET_TURNS; ) {
      quiet = loop.runNow() == 0 ? quiet + 1 : 0;
    }
  }

  /** Ends all sessions, as the exporter does when it stops. */
  CompletableFuture<Void> stop() {
    CompletableFuture<Void> stopped = sessions.close();
    settle();
    return stopped;
  }

  /** Whether something is to happen at a later time. */
  boolean hasTimers() {
    return frozen.hasTimers();
  }

  /** The sum of the samples of one of the exporter's own metrics, by its name without a suffix. */
  double own(String name) {
    return metrics.snapshots().stream()
        .filter(snapshot -> snapshot.getMetadata().getName().equals(name))
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(FrozenSessions::value)
        .sum();
  }

  private static double value(Object point) {
    return point instanceof CounterDataPointSnapshot counter
        ? counter.getValue()
        : ((GaugeDataPointSnapshot) point).getValue();
  }

  /** The codes that the server's connections were closed with. */
  List<Integer> closeCodes() {
    return visits.stream()
        .map(visit -> visit.closeCode)
        .filter(Objects::nonNull)
        .collect(Collectors.toList());
  }

  static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  @Override
  public void close() {
    sessions.close();
    settle();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    while (!loop.isTerminated()) {
      time.advance(1, TimeUnit.SECONDS);
      loop.runNow();
    }
  }
}
