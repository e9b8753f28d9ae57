package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ArrivalStampTest {
  private final AtomicLong clock = new AtomicLong(1_000);
  private final ArrivalStamp stamp = new ArrivalStamp(clock::get);

  @Test
  void beginsWithTheTimeOfItsConstruction() {
    clock.set(2_000);
    assertThat(stamp.lastReadNanos()).isEqualTo(1_000);
  }

  @Test
  void stampsEachReadBeforeTheHandlersBehindIt() {
    List<Long> seen = new ArrayList<>();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            stamp,
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                clock.addAndGet(500);
                seen.add(stamp.lastReadNanos());
                context.fireChannelRead(message);
              }
            });
    clock.set(2_000);
    channel.writeInbound("one");
    clock.set(3_000);
    channel.writeInbound("other");

    assertThat(seen).containsExactly(2_000L, 3_000L);
    assertThat((String) channel.readInbound()).isEqualTo("one");
    assertThat((String) channel.readInbound()).isEqualTo("other");
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void isNotMovedByAnythingElse() {
    EmbeddedChannel channel = new EmbeddedChannel(stamp);
    clock.set(2_000);
    channel.pipeline().fireChannelReadComplete().fireUserEventTriggered("event");
    channel.writeOutbound("out");

    assertThat(stamp.lastReadNanos()).isEqualTo(1_000);
    assertThat(channel.finishAndReleaseAll()).isTrue();
  }
}
