package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.Prober.Probe;
import io.github.websocketexporter.probe.Target;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a probe that came before what it needs was there. */
class HeldProbeTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final EventLoop loop = channel.eventLoop();
  private final Promise<Void> needed = loop.newPromise();
  private final List<String> happened = new ArrayList<>();
  private ProbeRequest request;
  private long nanos;
  private Probe held;

  @BeforeEach
  void start() throws Exception {
    request =
        new ProbeRequest(
            Target.parse("wss://host/path"),
            new ProbeModule(
                "default",
                LIMIT,
                new AddressPreference(AddressFamily.IP4, true),
                new PingSettings(Duration.ofMillis(1))),
            LIMIT);
    held = new HeldProbe(request, () -> nanos, this::begin).until(needed, loop);
    channel.runPendingTasks();
    assertThat(happened).isEmpty();
  }

  @AfterEach
  void close() {
    channel.close();
  }

  private Probe begin(ProbeRequest begun) {
    assertThat(begun.target()).isSameAs(request.target());
    happened.add("begun with " + begun.limit().toMillis() + "ms");
    return () -> happened.add("cancelled");
  }

  private void hold(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    needed.setSuccess(null);
    channel.runPendingTasks();
  }

  @Test
  void itBeginsWithWhatIsLeftOfItsLimit() {
    hold(2_500);

    assertThat(happened).containsExactly("begun with 7500ms");
  }

  @Test
  void itBeginsToEndAtOnceIfNothingIsLeft() {
    hold(12_000);

    assertThat(happened).containsExactly("begun with 1ms");
  }

  @Test
  void cancelledWhileItIsHeldItEndsWhenItBegins() {
    held.cancel();
    assertThat(happened).isEmpty();

    hold(1_000);

    assertThat(happened).containsExactly("begun with 9000ms", "cancelled");
  }

  @Test
  void cancelledLaterItEndsThen() {
    hold(1_000);
    held.cancel();

    assertThat(happened).containsExactly("begun with 9000ms", "cancelled");
  }
}
