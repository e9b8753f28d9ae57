package io.github.websocketexporter.transport;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The buffers that Netty's reads are given, on a real socket; the test takes Netty's part. */
class StampedReceiveTest {
  private static final byte[] BYTES = {1, 2, 3};
  private static final int MAX_READS = 16;

  @SuppressWarnings("NullAway.Init")
  private RawPair peer;

  @SuppressWarnings("NullAway.Init")
  private StampedReceive receive;

  @SuppressWarnings("NullAway.Init")
  private ExtendedHandle handle;

  @BeforeEach
  void connect() throws Exception {
    assumeTrue(KernelClock.whyNot() == null, KernelClock.whyNot());
    peer = RawPair.connect();
    peer.socket().setIntOpt(KernelClock.TIMESTAMPS.level(), KernelClock.TIMESTAMPS.optname(), 1);
    receive = new StampedReceive(peer.socket(), new ZeroCopyReceive(), MAX_READS);
    handle = (ExtendedHandle) receive.newHandle();
    handle.reset(new EmbeddedChannel().config());
  }

  @AfterEach
  void close() throws Exception {
    if (peer != null) {
      peer.close();
    }
  }

  @Test
  void takesNothingWhileNothingIsAwaited() throws Exception {
    peer.send(BYTES);
    peer.awaitReceived(3);
    assertThat(taken()).isZero();
    assertThat(receive.stampEpochNanos()).isEqualTo(NO_STAMP);
    receive.await(true);
    assertThat(taken()).isEqualTo(3);
    assertThat(receive.stampEpochNanos()).isNotEqualTo(NO_STAMP);
    receive.await(false);
    peer.send(BYTES);
    peer.awaitReceived(6);
    assertThat(taken()).isZero();
  }

  @Test
  void keepsItsStampWhereNettyFindsNothingMore() throws Exception {
    stampedThenRead(0, 3);
    assertThat(receive.stampEpochNanos()).isNotEqualTo(NO_STAMP);
  }

  @Test
  void keepsItsStampWhereNettyFindsTheEndWhichTheNextReadTells() throws Exception {
    stampedThenRead(-1, 3);
    assertThat(receive.stampEpochNanos()).isNotEqualTo(NO_STAMP);
    assertThat(taken()).isZero();
    handle.lastBytesRead(-1);
    assertThat(handle.lastBytesRead()).isEqualTo(-1);
  }

  @Test
  void hasNoStampForBytesThatNettyFoundBehindIt() throws Exception {
    stampedThenRead(5, 8);
    assertThat(receive.stampEpochNanos()).isEqualTo(NO_STAMP);
  }

  private void stampedThenRead(int byNetty, int all) throws Exception {
    receive.await(true);
    peer.send(BYTES);
    peer.awaitReceived(3);
    assertThat(taken()).isEqualTo(3);
    handle.lastBytesRead(byNetty);
    assertThat(handle.lastBytesRead()).isEqualTo(all);
  }

  @Test
  void leavesToNettyWhatDoesNotFit() throws Exception {
    receive.await(true);
    peer.send(new byte[16_384]);
    peer.awaitReceived(16_384);
    assertThat(taken()).isZero();
    assertThat(receive.stampEpochNanos()).isEqualTo(NO_STAMP);
  }

  @Test
  void alwaysLeavesRoomForNettysOwnRead() throws Exception {
    receive.await(true);
    for (int bytes : new int[] {0, 1, 16_000, 16_320}) {
      peer.send(new byte[bytes]);
      await().until(() -> roomAfter(bytes) >= 64);
    }
  }

  /** The room that is left in a buffer that holds so many bytes; -1 while they are not there. */
  private int roomAfter(int bytes) {
    ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
    int room = buffer.readableBytes() == bytes ? buffer.writableBytes() : -1;
    buffer.release();
    return room;
  }

  @Test
  void handsOnAReset() throws Exception {
    receive.await(true);
    peer.reset();
    await().untilAsserted(() -> assertThatReset());
    assertThat(taken()).isZero();
  }

  @Test
  void handsOnAResetOnlyWhenTheBytesBeforeItAreDelivered() throws Exception {
    receive.await(true);
    peer.send(BYTES);
    peer.reset();
    peer.awaitReset();
    assertThat(taken()).isEqualTo(3);
    handle.lastBytesRead(-1);
    handle.incMessagesRead(1);
    assertThat(handle.lastBytesRead()).isEqualTo(3);
    assertThat(receive.stampEpochNanos()).isNotEqualTo(NO_STAMP);
    assertThat(handle.continueReading(() -> false)).isTrue();
    assertThatReset();
    assertThat(handle.continueReading(() -> false)).isFalse();
  }

  private void assertThatReset() {
    assertThatThrownBy(this::taken)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Connection reset by peer");
  }

  /** How many bytes the buffer for the next read holds before that read. */
  private int taken() {
    ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
    int bytes = buffer.readableBytes();
    buffer.release();
    return bytes;
  }
}
