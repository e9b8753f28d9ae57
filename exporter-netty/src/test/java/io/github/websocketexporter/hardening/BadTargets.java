package io.github.websocketexporter.hardening;

import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.testing.LoopServer;
import io.github.websocketexporter.testing.Ports;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Servers that fail each probe, in a way that the path says, on an event loop of their own. */
final class BadTargets implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  /** What a server does, and how a probe of it fails. */
  enum Conduct {
    /** Nothing listens. */
    REFUSING("connect/connect_refused"),
    /** The upgrade is not answered. */
    SILENT("upgrade/upgrade_timeout"),
    /** The upgrade is answered with a 403. */
    FORBIDDING("upgrade/upgrade_status"),
    /** The upgrade is answered with what is not HTTP. */
    BABBLING("upgrade/upgrade_malformed"),
    /** The upgrade is answered with a reset of the connection. */
    RESETTING("upgrade/connection_reset"),
    /** The PING is not answered. */
    MUTE("ping/pong_timeout"),
    /** The PING is answered with a Close frame. */
    CLOSING("ping/closed_by_peer"),
    /** The PING is answered with a frame of an opcode that there is not. */
    VIOLATING("ping/protocol_violation");

    private final String failure;

    Conduct(String failure) {
      this.failure = failure;
    }

    /** Phase and reason. */
    String failure() {
      return failure;
    }
  }

  private final LoopServer server = LoopServer.start(BACKLOG, Visit::new, "127.0.0.1");
  private final Socket nobody = Ports.reserved();

  BadTargets() throws IOException {}

  /** The path and query by which an exporter is asked to probe the one of this conduct. */
  String probe(Conduct conduct, String module) {
    int port = conduct == Conduct.REFUSING ? nobody.getLocalPort() : server.port();
    String target = "ws://127.0.0.1:" + port + "/" + conduct;
    return "/probe?module=" + module + "&target=" + ExporterProcess.percentEncoded(target);
  }

  @Override
  public void close() throws IOException {
    server.close();
    nobody.close();
  }

  /** One connection. */
  private static final class Visit extends SimpleChannelInboundHandler<Object> {
    private Conduct conduct = Conduct.SILENT;

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpRequest request) {
        conduct = Conduct.valueOf(request.uri().substring(1));
        switch (conduct) {
          case REFUSING, SILENT -> {}
          case FORBIDDING -> LoopServer.refuse(context, HttpResponseStatus.FORBIDDEN);
          case BABBLING ->
              send(context, Unpooled.copiedBuffer("what?\r\n\r\n", StandardCharsets.US_ASCII));
          case RESETTING -> {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            context.close();
          }
          case MUTE, CLOSING, VIOLATING -> LoopServer.upgrade(context, request);
        }
      } else if (message instanceof PingWebSocketFrame) {
        if (conduct == Conduct.CLOSING) {
          context.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE));
        } else if (conduct == Conduct.VIOLATING) {
          send(context, Unpooled.wrappedBuffer(new byte[] {(byte) 0x8b, 0}));
        }
      }
    }

    /** Past all encoders. */
    private static void send(ChannelHandlerContext context, ByteBuf bytes) {
      context.pipeline().firstContext().writeAndFlush(bytes);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
