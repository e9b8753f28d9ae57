package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.testing.LoopServer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server for many probes at once, on an event loop of its own. It holds back one of its answers
 * until all probes wait for it, then gives them in a shuffled order. How it treats a connection is
 * the first segment of the path.
 */
final class CrowdServer implements AutoCloseable {
  private static final long SEED = 42;

  /** How a connection is treated. */
  enum Conduct {
    /** As it should be. */
    GOOD,
    /** The PONG of another PING comes first. */
    WRONG_PONG_FIRST,
    /** The upgrade is not answered. */
    SILENT,
    /** The upgrade is answered with a 403. */
    FORBIDDING,
    /** The PING is not answered. */
    MUTE,
    /** The PING is answered with a Close frame. */
    CLOSING,
    /** The PING is answered with a reset of the connection. */
    RESETTING;

    static Conduct of(String path) {
      return valueOf(path.split("/", -1)[1]);
    }

    boolean endsByItself() {
      return this != SILENT && this != MUTE;
    }
  }

  /** What was seen of one path, by {@link System#nanoTime()}. */
  record Visit(long payload, long pingNanos, long pongNanos) {}

  /** Which answer is held back. */
  private enum Held {
    UPGRADE,
    PONG
  }

  private final LoopServer server;
  private final Held held;
  private final int crowd;
  private final List<Runnable> waiting = new ArrayList<>();
  private final Map<String, Visit> visits = new ConcurrentHashMap<>();
  private volatile int requests;
  private volatile int open;
  private volatile int mostOpen;

  private CrowdServer(Held held, int crowd) {
    this.held = held;
    this.crowd = crowd;
    server = LoopServer.start(2 * crowd, Visitor::new, "127.0.0.1");
  }

  /** Answers PINGs once there are so many. */
  static CrowdServer answeringOnce(int crowd) {
    return new CrowdServer(Held.PONG, crowd);
  }

  /** Answers upgrade requests once there are so many. */
  static CrowdServer upgradingOnce(int crowd) {
    return new CrowdServer(Held.UPGRADE, crowd);
  }

  String ws(String path) {
    return "ws://127.0.0.1:" + server.port() + path;
  }

  /** What was seen of a path that was answered. */
  Visit visit(String path) {
    return requireNonNull(visits.get(path), path);
  }

  /** How many upgrade requests came. */
  int requests() {
    return requests;
  }

  /** How many connections are open. */
  int open() {
    return open;
  }

  /** How many connections were open at once. */
  int mostOpen() {
    return mostOpen;
  }

  @Override
  public void close() {
    server.close();
  }

  /** Runs {@code answer} when as many wait as there are probes, if it is the one that is held. */
  private void answer(Held kind, Runnable answer) {
    if (kind != held) {
      answer.run();
      return;
    }
    waiting.add(answer);
    if (waiting.size() == crowd) {
      Collections.shuffle(waiting, new Random(SEED));
      waiting.forEach(Runnable::run);
    }
  }

  /** One connection. All are on one loop, which alone changes the server's state. */
  private final class Visitor extends SimpleChannelInboundHandler<Object> {
    private String path = "/";

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Of one thread.
    public void channelActive(ChannelHandlerContext context) {
      open++;
      mostOpen = Math.max(mostOpen, open);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Of one thread.
    public void channelInactive(ChannelHandlerContext context) {
      open--;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Of one thread.
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpRequest request) {
        requests++;
        path = request.uri();
        request.retain();
        answer(Held.UPGRADE, () -> requested(context, request));
      } else if (message instanceof PingWebSocketFrame ping) {
        long pingNanos = System.nanoTime();
        long payload = ping.content().readLong();
        answer(Held.PONG, () -> pinged(context, payload, pingNanos));
      } else if (message instanceof WebSocketFrame) {
        context.close();
      }
    }

    private void requested(ChannelHandlerContext context, FullHttpRequest request) {
      try {
        switch (Conduct.of(path)) {
          case SILENT -> {}
          case FORBIDDING -> LoopServer.refuse(context, HttpResponseStatus.FORBIDDEN);
          case GOOD, WRONG_PONG_FIRST, MUTE, CLOSING, RESETTING ->
              LoopServer.upgrade(context, request);
        }
      } finally {
        request.release();
      }
    }

    private void pinged(ChannelHandlerContext context, long payload, long pingNanos) {
      switch (Conduct.of(path)) {
        case GOOD -> {
          visits.put(path, new Visit(payload, pingNanos, System.nanoTime()));
          LoopServer.pong(context, payload);
        }
        case WRONG_PONG_FIRST -> {
          LoopServer.pong(context, ~payload);
          LoopServer.pong(context, payload);
        }
        case CLOSING ->
            context.writeAndFlush(
                new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE));
        case RESETTING -> {
          context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
          context.close();
        }
        case MUTE, SILENT, FORBIDDING -> {}
      }
    }
  }
}
