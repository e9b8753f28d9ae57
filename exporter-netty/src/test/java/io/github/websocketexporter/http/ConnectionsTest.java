package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.http.Connections.Place;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bound on open connections, and their common end. */
class ConnectionsTest {
  private final Connections connections =
      new Connections(1, new ExporterMetrics(new BuildInfo("1", "a")));

  @Test
  void asManyAsTheLimitHaveAPlaceSomeMoreAreToldSoAndTheRestHasNone() {
    List<EmbeddedChannel> channels = new ArrayList<>();
    for (int i = 0; i < 1 + Connections.SURPLUS; i++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      assertThat(connections.take(channel)).isEqualTo(i == 0 ? Place.REGULAR : Place.SURPLUS);
      channels.add(channel);
    }
    assertThat(connections.take(new EmbeddedChannel())).isEqualTo(Place.NONE);

    channels.remove(7).close();
    channels.add(new EmbeddedChannel());
    assertThat(connections.take(channels.get(channels.size() - 1))).isEqualTo(Place.SURPLUS);
    channels.forEach(EmbeddedChannel::close);
    assertThat(connections.take(new EmbeddedChannel())).isEqualTo(Place.REGULAR);
  }

  @Test
  void noConnectionHasAPlaceOnceTheServerTakesNoMore() {
    connections.takeNoMore();

    assertThat(connections.take(new EmbeddedChannel())).isEqualTo(Place.NONE);
    assertThat(connections.allClosed().isDone()).isTrue();
  }

  @Test
  void closingAllClosesWhateverAConnectionDoes() {
    EmbeddedChannel channel = new EmbeddedChannel();
    assertThat(connections.take(channel)).isEqualTo(Place.REGULAR);

    connections.closeAll();
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
    assertThat(connections.allClosed().awaitUninterruptibly(5_000)).isTrue();
  }
}
