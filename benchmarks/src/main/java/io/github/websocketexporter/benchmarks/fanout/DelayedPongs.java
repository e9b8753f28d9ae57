package io.github.websocketexporter.benchmarks.fanout;

import io.github.websocketexporter.transport.WallClock;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** The PONGs that wait for their time: all wait equally long, so the first in is the first out. */
final class DelayedPongs {
  private final EventLoop loop;
  private final long delayNanos;
  private final Queue<Pong> waiting = new ArrayDeque<>();

  /** A PONG that is to be sent when the delay has passed since {@code pingEpochNanos}. */
  private record Pong(long pingEpochNanos, Runnable send) {}

  DelayedPongs(EventLoop loop, long delayNanos) {
    this.loop = loop;
    this.delayNanos = delayNanos;
  }

  /** Runs {@code send} when its time has come: now, if there is no delay. */
  void add(long pingEpochNanos, Runnable send) {
    if (delayNanos == 0) {
      send.run();
      return;
    }
    waiting.add(new Pong(pingEpochNanos, send));
    if (waiting.size() == 1) {
      schedule(pingEpochNanos);
    }
  }

  private void schedule(long pingEpochNanos) {
    long in = pingEpochNanos + delayNanos - WallClock.SYSTEM.epochNanos();
    loop.schedule(this::sendDue, Math.max(0, in), TimeUnit.NANOSECONDS);
  }

  private void sendDue() {
    for (Pong pong = waiting.peek(); pong != null; pong = waiting.peek()) {
      if (pong.pingEpochNanos() + delayNanos > WallClock.SYSTEM.epochNanos()) {
        schedule(pong.pingEpochNanos());
        return;
      }
      waiting.remove();
      pong.send().run();
    }
  }
}
