package io.github.websocketexporter.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An I/O handler that tells a {@link LoopWatch} when it waits. Before it sleeps, it asks what is
 * ready: how long a wait took does not tell whether it slept, but where nothing was ready right
 * before, it hardly matters. It leans on a habit of Netty's that is no contract, and that a test
 * holds: a handler asks whether it shall report its I/O time exactly once a turn, right after the
 * wait and before it dispatches anything.
 */
final class WatchedIoHandler implements IoHandler {
  /** NIO's timer counts in milliseconds: to the nearest one the handler rounds what it sleeps. */
  private static final long NIO_TIMER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final IoHandler handler;
  private final LoopWatch watch;
  private final @Nullable CoreWait coreWait;
  private final long timerStepNanos;
  private final Context context = new Context();

  /**
   * Has {@code watch} told when {@code handler} waits.
   *
   * @param coreWait what {@code watch} asks, opened and closed here; null if that shall stay
   *     unknown
   */
  WatchedIoHandler(IoHandler handler, LoopWatch watch, @Nullable CoreWait coreWait) {
    this.handler = handler;
    this.watch = watch;
    this.coreWait = coreWait;
    timerStepNanos = handler.isCompatible(NioIoHandle.class) ? NIO_TIMER_NANOS : 1;
  }

  @Override
  public int run(IoHandlerContext loop) {
    context.loop = loop;
    context.maySleep = false;
    watch.beforeAsking();
    int handled = turn();
    if (handled != 0 || !loop.canBlock()) {
      return handled;
    }
    context.maySleep = true;
    watch.beforeSleep(timerNanos(loop));
    return turn();
  }

  private int turn() {
    int handled = handler.run(context);
    watch.afterTurn(handled);
    return handled;
  }

  /** How long the handler will sleep if nothing gets ready. */
  private long timerNanos(IoHandlerContext loop) {
    long delayNanos = loop.delayNanos(System.nanoTime());
    return (delayNanos + timerStepNanos / 2) / timerStepNanos * timerStepNanos;
  }

  @Override
  public void initialize() {
    if (coreWait != null) {
      coreWait.open();
    }
    handler.initialize();
  }

  @Override
  public void prepareToDestroy() {
    handler.prepareToDestroy();
  }

  @Override
  public void destroy() {
    handler.destroy();
    if (coreWait != null) {
      coreWait.close();
    }
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return handler.register(handle);
  }

  @Override
  public void wakeup() {
    handler.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return handler.isCompatible(handleType);
  }

  private final class Context implements IoHandlerContext {
    private IoHandlerContext loop = this;
    private boolean maySleep;

    @Override
    public boolean canBlock() {
      return maySleep && loop.canBlock();
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return loop.delayNanos(currentTimeNanos);
    }

    @Override
    public long deadlineNanos() {
      return loop.deadlineNanos();
    }

    @Override
    public void reportActiveIoTime(long activeNanos) {
      loop.reportActiveIoTime(activeNanos);
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      watch.afterWait();
      return loop.shouldReportActiveIoTime();
    }
  }
}
