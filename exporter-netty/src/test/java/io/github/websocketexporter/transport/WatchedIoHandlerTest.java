package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.nio.NioIoHandle;
import org.junit.jupiter.api.Test;

/** What a handler tells the watch over its loop. */
class WatchedIoHandlerTest {
  private static final long DUE_IN = 2_600_000;
  private static final long LATE = 50_000;

  private long now = 1_000_000_000;
  private final LoopWatch watch = new LoopWatch(() -> now, 1, () -> 0);

  @Test
  void aLoopWakesUpLateAfterItsNextTask() {
    sleep(EpollIoHandle.class, DUE_IN + LATE);
    assertThat(watch.floorNanos()).isEqualTo(now - LATE);
  }

  @Test
  void withNioAfterTheMillisecondNextToIt() {
    sleep(NioIoHandle.class, 3_000_000 + LATE);
    assertThat(watch.floorNanos()).isEqualTo(now - LATE);
  }

  private void sleep(Class<? extends IoHandle> handles, long nanos) {
    new WatchedIoHandler(new Sleeper(handles, nanos), watch, null).run(new Loop());
  }

  /** Nothing gets ready, and when it may sleep it does so for that long. */
  private final class Sleeper implements IoHandler {
    private final Class<? extends IoHandle> handles;
    private final long nanos;

    Sleeper(Class<? extends IoHandle> handles, long nanos) {
      this.handles = handles;
      this.nanos = nanos;
    }

    @Override
    public int run(IoHandlerContext loop) {
      if (loop.canBlock()) {
        now += nanos;
      }
      loop.shouldReportActiveIoTime();
      return 0;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void wakeup() {}

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return handles.isAssignableFrom(handleType);
    }
  }

  /** Has a task to do by and by. */
  private static final class Loop implements IoHandlerContext {
    @Override
    public boolean canBlock() {
      return true;
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return DUE_IN;
    }

    @Override
    public long deadlineNanos() {
      throw new UnsupportedOperationException();
    }
  }
}
