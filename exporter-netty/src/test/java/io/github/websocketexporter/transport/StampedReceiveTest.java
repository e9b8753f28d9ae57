package io.github.websocketexporter.transport;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a probe's connection reads, from a real socket. */
class StampedReceiveTest {
  private static final byte[] BYTES = {1, 2, 3};
  private static final int NOTHING = 0;
  private static final int ROOM = 16_384;

  @SuppressWarnings("NullAway.Init")
  private RawPair peer;

  @SuppressWarnings("NullAway.Init")
  private StampedReceive receive;

  @BeforeEach
  void connect() throws Exception {
    assumeTrue(KernelClock.whyNot() == null, KernelClock.whyNot());
    peer = RawPair.connect();
    KernelClock.stamp(peer.socket());
    receive = new StampedReceive(peer.socket(), new ZeroCopyReceive());
  }

  @AfterEach
  void close() throws Exception {
    if (peer != null) {
      peer.close();
    }
  }

  @Test
  void stampsOnlyWhileAnAnswerIsAwaited() throws Exception {
    for (boolean awaited : new boolean[] {false, true, false}) {
      receive.await(awaited);
      peer.send(BYTES);
      assertThat(awaitBytes()).isEqualTo(3);
      assertThat(receive.stampEpochNanos() != NO_STAMP).isEqualTo(awaited);
      assertThat(read()).isEqualTo(NOTHING);
      assertThat(receive.stampEpochNanos()).isEqualTo(NO_STAMP);
    }
  }

  @Test
  void stampsNothingWhereTheKernelIsNotTheClock() throws Exception {
    receive = new StampedReceive(peer.socket(), null);
    receive.await(true);
    peer.send(BYTES);
    assertThat(awaitBytes()).isEqualTo(3);
    assertThat(receive.stampEpochNanos()).isEqualTo(NO_STAMP);
  }

  @Test
  void tellsOfTheEndOnlyWhenTheBytesBeforeItAreRead() throws Exception {
    receive.await(true);
    peer.send(BYTES);
    peer.sendEof();
    peer.awaitReceived(BYTES.length + 1);
    assertThat(read()).isEqualTo(3);
    assertThat(receive.stampEpochNanos()).isNotEqualTo(NO_STAMP);
    assertThat(receive.ended()).isFalse();
    assertThat(read()).isEqualTo(NOTHING);
    assertThat(receive.ended()).isTrue();
  }

  @Test
  void readsLittleAndWithoutAStampWhereMoreCameThanFits() throws Exception {
    receive.await(true);
    peer.send(new byte[ROOM + 1]);
    peer.awaitReceived(ROOM + 1);
    assertThat(read()).isEqualTo(StampedReceive.USUAL_BYTES);
    assertThat(receive.stampEpochNanos()).isEqualTo(NO_STAMP);
    assertThat(receive.leftBehind()).isTrue();
    assertThat(read()).isEqualTo(ROOM + 1 - StampedReceive.USUAL_BYTES);
    assertThat(receive.stampEpochNanos()).isNotEqualTo(NO_STAMP);
    assertThat(receive.leftBehind()).isFalse();
  }

  @Test
  void leavesNothingBehindThatItDoesNotTellOf() throws Exception {
    receive.await(true);
    peer.send(new byte[ROOM]);
    peer.awaitReceived(ROOM);
    assertThat(read()).isEqualTo(ROOM);
    assertThat(receive.leftBehind()).as("a buffer that is full").isTrue();
    peer.send(BYTES);
    assertThat(awaitBytes()).isEqualTo(3);
    assertThat(receive.leftBehind()).isFalse();
  }

  @Test
  void handsOnAReset() throws Exception {
    receive.await(true);
    peer.reset();
    await().untilAsserted(this::assertThatReset);
    receive.await(false);
    assertThat(read()).isEqualTo(NOTHING);
  }

  @Test
  void handsOnAResetOnlyWhenTheBytesBeforeItAreDelivered() throws Exception {
    receive.await(true);
    peer.send(BYTES);
    peer.reset();
    peer.awaitReset();
    assertThat(read()).isEqualTo(3);
    assertThat(receive.stampEpochNanos()).isNotEqualTo(NO_STAMP);
    assertThat(receive.leftBehind()).isTrue();
    assertThatReset();
  }

  private void assertThatReset() {
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Connection reset by peer");
  }

  private int awaitBytes() {
    int[] bytes = {NOTHING};
    await().until(() -> (bytes[0] = read()) > 0);
    return bytes[0];
  }

  /** How many bytes one read takes. */
  private int read() throws IOException {
    ByteBuf buffer = receive.read(UnpooledByteBufAllocator.DEFAULT);
    if (buffer == null) {
      return NOTHING;
    }
    int bytes = buffer.readableBytes();
    buffer.release();
    return bytes;
  }
}
