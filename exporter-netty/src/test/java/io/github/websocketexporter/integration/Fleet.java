package io.github.websocketexporter.integration;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.github.websocketexporter.testing.LoopServer;
import io.github.websocketexporter.testing.Peer;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Two thousand targets on some hosts of the loopback. Each answers as no other does, so that an
 * answer that was given for another target is seen.
 */
final class Fleet implements AutoCloseable {
  /** Stands in the path of each target, and so may stand in no label. */
  static final String TOKEN = "s3cret";

  private static final int TARGETS = 2_000;
  private static final int HOSTS = 20;

  private final AtomicInteger requests = new AtomicInteger();
  private final LoopServer server =
      LoopServer.start(
          TARGETS,
          Visitor::new,
          IntStream.range(0, HOSTS).mapToObj(Fleet::host).toArray(String[]::new));

  /**
   * One of the targets. Those that succeed differ from each other in their host or in their
   * unmatched PONGs, those that refuse in their status.
   */
  record Member(int number) {
    String name() {
      return "target-" + number;
    }

    String host() {
      return Fleet.host(number % HOSTS);
    }

    /** How many PONGs that answer nothing come before the one that answers the PING. */
    int unmatchedPongs() {
      return number / HOSTS;
    }

    /** Whether the upgrade is refused. */
    boolean refuses() {
      return number % 10 == 9;
    }

    /** What answers the upgrade. */
    int status() {
      return refuses() ? 400 + number / 10 : 101;
    }

    /** For how long the PONG is held back. */
    Duration delay() {
      return Duration.ofMillis(number % 10 == 4 ? 50 : 0);
    }

    private static Member at(String path) {
      return new Member(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
    }
  }

  List<Member> members() {
    return IntStream.range(0, TARGETS).mapToObj(Member::new).toList();
  }

  /** The target as a URL without its path. */
  String address(Member member) {
    return "ws://" + member.host() + ":" + server.port();
  }

  URI url(Member member) {
    return URI.create(address(member) + "/" + TOKEN + "/" + member.number());
  }

  /** How many upgrade requests came. */
  int requests() {
    return requests.get();
  }

  @Override
  public void close() {
    server.close();
  }

  private static String host(int number) {
    return "127.0.0." + (1 + number);
  }

  /** One connection. */
  private final class Visitor extends SimpleChannelInboundHandler<Object> {
    private Member member = new Member(0);
    private boolean pinged;

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpRequest request) {
        requests.incrementAndGet();
        member = Member.at(request.uri());
        if (member.refuses()) {
          LoopServer.refuse(context, HttpResponseStatus.valueOf(member.status()));
        } else {
          LoopServer.upgrade(context, request);
        }
      } else if (message instanceof PingWebSocketFrame ping) {
        byte[] payload = ByteBufUtil.getBytes(ping.content());
        context
            .executor()
            .schedule(() -> answer(context, payload), member.delay().toMillis(), MILLISECONDS);
      } else if (message instanceof CloseWebSocketFrame close) {
        context.writeAndFlush(close.retain());
        context.close();
      }
    }

    /** The unmatched ones come once: a second PING only measures again. */
    private void answer(ChannelHandlerContext context, byte[] payload) {
      byte[] unmatched = Peer.frame(Peer.PONG, new byte[0]);
      ByteBuffer pongs = ByteBuffer.allocate(1_024);
      for (int i = pinged ? member.unmatchedPongs() : 0; i < member.unmatchedPongs(); i++) {
        pongs.put(unmatched);
      }
      pinged = true;
      pongs.put(Peer.frame(Peer.PONG, payload)).flip();
      // As one, past the encoder of frames: many small writes would be the test's heaviest work.
      context.writeAndFlush(Unpooled.wrappedBuffer(pongs));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
