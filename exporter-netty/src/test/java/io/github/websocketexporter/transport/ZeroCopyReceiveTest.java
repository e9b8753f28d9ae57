package io.github.websocketexporter.transport;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel gives, on a real socket. */
class ZeroCopyReceiveTest {
  private static final int ROOM = 1_024;
  private static final long SLACK_NANOS = 20_000_000;
  private static final byte[] BYTES = {1, 2, 3};

  private final ZeroCopyReceive kernel = new ZeroCopyReceive();
  private final ByteBuf buffer = Unpooled.directBuffer(2 * ROOM, 2 * ROOM);

  @SuppressWarnings("NullAway.Init")
  private RawPair peer;

  @SuppressWarnings("NullAway.Init")
  private Socket socket;

  @BeforeEach
  void connect() throws Exception {
    assumeTrue(KernelClock.whyNot() == null, KernelClock.whyNot());
    peer = RawPair.connect();
    socket = peer.socket();
  }

  @AfterEach
  void close() throws Exception {
    buffer.release();
    if (peer != null) {
      peer.close();
    }
  }

  @Test
  void givesNothingWhereNothingCame() throws Exception {
    stamp();
    assertThat(receive()).isZero();
    assertThat(kernel.stampEpochNanos()).isEqualTo(NO_STAMP);
    assertThat(kernel.error()).isZero();
    assertThat(buffer.readableBytes()).isZero();
  }

  @Test
  void givesTheBytesAndWhenTheLastOfThemCame() throws Exception {
    stamp();
    peer.send(BYTES);
    long before = WallClock.SYSTEM.epochNanos();
    peer.send(BYTES);
    long after = WallClock.SYSTEM.epochNanos();
    peer.awaitReceived(6);
    buffer.writeByte(9);

    assertThat(receive()).isEqualTo(6);
    assertThat(kernel.stampEpochNanos()).isBetween(before, after + SLACK_NANOS);
    assertThat(kernel.error()).isZero();
    assertThat(bytes()).containsExactly(9, 1, 2, 3, 1, 2, 3);
    assertThat(receive()).isZero();
    assertThat(kernel.stampEpochNanos()).isEqualTo(NO_STAMP);
  }

  @Test
  void givesNothingWhereNotAllOfItFits() throws Exception {
    stamp();
    peer.send(new byte[ROOM + 1]);
    peer.awaitReceived(ROOM + 1);

    assertThat(receive()).isZero();
    assertThat(kernel.stampEpochNanos()).isEqualTo(NO_STAMP);
    assertThat(kernel.error()).isZero();
    assertThat(kernel.receive(socket, buffer, ROOM + 1)).isEqualTo(ROOM + 1);
    assertThat(kernel.stampEpochNanos()).isNotEqualTo(NO_STAMP);
  }

  @Test
  void hasNoStampWhereTheSocketTakesNone() throws Exception {
    peer.send(BYTES);
    peer.awaitReceived(3);
    assertThat(receive()).isEqualTo(3);
    assertThat(kernel.stampEpochNanos()).isEqualTo(NO_STAMP);
    assertThat(bytes()).containsExactly(BYTES);
  }

  @Test
  void givesTheBytesBeforeTheEndOfTheStreamAndThenNothing() throws Exception {
    stamp();
    peer.send(BYTES);
    peer.sendEof();
    peer.awaitReceived(4);
    assertThat(receive()).isEqualTo(3);
    assertThat(kernel.stampEpochNanos()).isNotEqualTo(NO_STAMP);
    assertThat(receive()).isZero();
    assertThat(kernel.error()).isZero();
    assertThat(read()).isEqualTo(-1);
  }

  @Test
  void givesTheErrorOfAResetOnceAndNoReadSeesItThen() throws Exception {
    stamp();
    peer.reset();
    await().until(() -> receive() == 0 && kernel.error() != 0);
    assertThat(kernel.error()).isEqualTo(-104);
    assertThat(receive()).isZero();
    assertThat(kernel.error()).isZero();
    assertThat(read()).isEqualTo(-1);
  }

  private void stamp() throws Exception {
    KernelClock.stamp(socket);
  }

  private int receive() {
    return kernel.receive(socket, buffer, ROOM);
  }

  /** An ordinary read. */
  private int read() throws Exception {
    return socket.recv(ByteBuffer.allocateDirect(ROOM), 0, ROOM);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }
}
