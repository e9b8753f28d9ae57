package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bound on running probes. */
class AdmissionControlTest {

  @Test
  void letsInAsManyAsThereArePlacesAndTheNextWhenOneLeaves() {
    AdmissionControl admission = new AdmissionControl(2);

    assertThat(admission.tryEnter()).isTrue();
    assertThat(admission.tryEnter()).isTrue();
    assertThat(admission.tryEnter()).isFalse();
    assertThat(admission.tryEnter()).as("a refusal takes no place").isFalse();
    admission.leave();
    assertThat(admission.tryEnter()).isTrue();
    assertThat(admission.tryEnter()).isFalse();
  }

  @Test
  void neverLetsInMoreWhenSeveralThreadsAsk() throws Exception {
    AdmissionControl admission = new AdmissionControl(3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Callable<Void> worker =
        () -> {
          for (int i = 0; i < 20_000; i++) {
            if (admission.tryEnter()) {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              inside.decrementAndGet();
              admission.leave();
            }
          }
          return null;
        };
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> workers = IntStream.range(0, 8).mapToObj(i -> worker).toList();
      for (Future<Void> done : threads.invokeAll(workers)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(most.get()).isBetween(1, 3);
    assertThat(admission.tryEnter()).as("every place was given back").isTrue();
  }
}
