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

  private EmbeddedChannel connect(Place place) {
    EmbeddedChannel channel = new EmbeddedChannel();
    assertThat(connections.take(channel)).isEqualTo(place);
    return channel;
  }

  @Test
  void asManyAsTheLimitHaveAPlaceAndTheRestIsSurplus() {
    EmbeddedChannel regular = connect(Place.REGULAR);
    EmbeddedChannel surplus = connect(Place.SURPLUS);

    regular.close();

    connect(Place.REGULAR).close();
    surplus.close();
    connect(Place.REGULAR).close();
  }

  @Test
  void theOldestOfTheSurplusMakesRoomForAnother() {
    EmbeddedChannel regular = connect(Place.REGULAR);
    List<EmbeddedChannel> surplus = new ArrayList<>();
    for (int i = 0; i < Connections.SURPLUS; i++) {
      surplus.add(connect(Place.SURPLUS));
    }
    assertThat(surplus).allMatch(EmbeddedChannel::isOpen);

    surplus.add(connect(Place.SURPLUS));

    assertThat(surplus.get(0).isOpen()).isFalse();
    assertThat(surplus.subList(1, surplus.size())).allMatch(EmbeddedChannel::isOpen);
    assertThat(regular.isOpen()).isTrue();
    surplus.forEach(EmbeddedChannel::close);
    regular.close();
    assertThat(connections.allClosed().awaitUninterruptibly(5_000)).isTrue();
  }

  @Test
  void noConnectionHasAPlaceOnceTheServerTakesNoMore() {
    connections.takeNoMore();

    EmbeddedChannel late = new EmbeddedChannel();
    assertThat(connections.take(late)).isEqualTo(Place.NONE);
    assertThat(connections.allClosed().isDone()).as("it must be closed yet").isFalse();
    late.close();
    assertThat(connections.allClosed().awaitUninterruptibly(5_000)).isTrue();
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
