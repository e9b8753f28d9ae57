package io.github.websocketexporter.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.DnsSettings;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.testing.DnsServer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostResolverTest {
  private static final String NAME = "node.example.test";
  private static final AddressPreference IP4_ONLY = new AddressPreference(AddressFamily.IP4, false);
  private static final AddressPreference IP6_ONLY = new AddressPreference(AddressFamily.IP6, false);
  private static final AddressPreference PREFER_IP4 =
      new AddressPreference(AddressFamily.IP4, true);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final DnsServer server = new DnsServer();
  private final Transport transport = Transport.select(TransportKind.AUTO, ClockKind.AUTO);
  private final EventLoopGroup loops = transport.newEventLoops(1);
  private final EventLoop loop = loops.next();

  HostResolverTest() throws IOException {}

  @AfterEach
  void close() {
    loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "IP4, true, 192.0.2.1",
    "IP4, false, 192.0.2.1",
    "IP6, true, 2001:db8:0:0:0:0:0:1",
    "IP6, false, 2001:db8:0:0:0:0:0:1"
  })
  void prefersOneFamily(AddressFamily family, boolean fallback, String address) throws Exception {
    server.has(NAME, 60, "192.0.2.1", "2001:db8::1");
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(resolve(resolver, NAME, new AddressPreference(family, fallback)))
          .isEqualTo(address);
    }
  }

  @ParameterizedTest
  @CsvSource({"IP4, 2001:db8:0:0:0:0:0:1", "IP6, 192.0.2.1"})
  void fallsBackToTheOtherFamily(AddressFamily family, String address) throws Exception {
    server.has(NAME, 60, address);
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(resolve(resolver, NAME, new AddressPreference(family, true))).isEqualTo(address);
    }
  }

  @Test
  void takesTheFirstAddress() throws Exception {
    server.has(NAME, 60, "192.0.2.3", "192.0.2.1", "192.0.2.2");
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.3");
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.3");
    }
  }

  @ParameterizedTest
  @CsvSource({"IP4, A, 2001:db8::1", "IP6, AAAA, 192.0.2.1"})
  void asksForOneFamilyOnlyWhereThereIsNoFallback(AddressFamily family, String type, String other)
      throws Exception {
    server.has(NAME, 60, other);
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      Future<InetSocketAddress> resolved =
          start(resolver, NAME, new AddressPreference(family, false));

      assertThat(resolved.cause()).isInstanceOf(UnknownHostException.class).hasNoCause();
      assertThat(server.queries()).containsOnly(type + " " + NAME);
    }
  }

  @Test
  void saysThatANameDoesNotExist() throws Exception {
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(start(resolver, "none.example.test", PREFER_IP4).cause())
          .isInstanceOf(UnknownHostException.class)
          .hasCauseInstanceOf(DnsErrorCauseException.class);
    }
  }

  @Test
  void saysThatNoServerAnswered() throws Exception {
    server.isSilentAbout(NAME);
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(start(resolver, NAME, IP4_ONLY).cause())
          .isInstanceOf(UnknownHostException.class)
          .hasRootCauseInstanceOf(DnsNameResolverTimeoutException.class);
    }
  }

  @Test
  void readsTheHostsFile() throws Exception {
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(resolve(resolver, "localhost", PREFER_IP4)).isEqualTo("127.0.0.1");
      assertThat(server.queries()).isEmpty();
    }
  }

  @Test
  void remembersAnAnswer() throws Exception {
    server.has(NAME, 60, "192.0.2.1");
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.1");
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.1");
      assertThat(server.queries()).containsExactly("A " + NAME);
    }
  }

  @Test
  void remembersAnAnswerNoLongerThanTheMaximum() throws Exception {
    server.has(NAME, 3_600, "192.0.2.1");
    try (HostResolver resolver = resolver(Duration.ofSeconds(1), Duration.ZERO)) {
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.1");
      server.has(NAME, 3_600, "192.0.2.2");
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.1");

      await()
          .between(Duration.ofMillis(500), Duration.ofSeconds(4))
          .until(() -> resolve(resolver, NAME, IP4_ONLY).equals("192.0.2.2"));
      assertThat(server.queries()).hasSize(2);
    }
  }

  @Test
  void remembersAnAnswerAtLeastForTheMinimum() throws Exception {
    server.has(NAME, 0, "192.0.2.1");
    try (HostResolver resolver = resolver(LONG, Duration.ofMinutes(1))) {
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.1");
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.1");
      assertThat(server.queries()).hasSize(1);
    }
  }

  @Test
  void remembersThatANameDoesNotExist() throws Exception {
    DnsSettings settings =
        new DnsSettings(
            List.of(server.address()),
            Duration.ofSeconds(5),
            Duration.ZERO,
            LONG,
            Duration.ofMinutes(1));
    try (HostResolver resolver = new HostResolver(transport, settings)) {
      assertThat(start(resolver, NAME, IP4_ONLY).isSuccess()).isFalse();
      int asked = server.queries().size();
      server.has(NAME, 60, "192.0.2.1");

      assertThat(start(resolver, NAME, IP4_ONLY).isSuccess()).isFalse();
      assertThat(server.queries()).hasSize(asked);
    }
  }

  @Test
  void asksOnlyOnceForANameThatManyWant() throws Exception {
    server.has(NAME, 0, "192.0.2.1");
    server.hold();
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      List<Future<InetSocketAddress>> all =
          IntStream.range(0, 100)
              .mapToObj(i -> resolver.resolve(loop, NAME, 1_000 + i, IP4_ONLY))
              .toList();
      loop.submit(() -> {}).syncUninterruptibly();
      server.release();

      for (int i = 0; i < all.size(); i++) {
        InetSocketAddress address = all.get(i).syncUninterruptibly().getNow();
        assertThat(address.getAddress().getHostAddress()).isEqualTo("192.0.2.1");
        assertThat(address.getPort()).isEqualTo(1_000 + i);
      }
      assertThat(server.queries()).containsExactly("A " + NAME);
    }
  }

  @Test
  void keepsTheFamiliesApartInItsMemory() throws Exception {
    server.has(NAME, 60, "192.0.2.1", "2001:db8::1");
    try (HostResolver resolver = resolver(LONG, Duration.ZERO)) {
      assertThat(resolve(resolver, NAME, IP4_ONLY)).isEqualTo("192.0.2.1");
      assertThat(resolve(resolver, NAME, IP6_ONLY)).isEqualTo("2001:db8:0:0:0:0:0:1");
    }
  }

  private HostResolver resolver(Duration maxTtl, Duration minTtl) {
    return new HostResolver(
        transport,
        new DnsSettings(
            List.of(server.address()), Duration.ofMillis(400), minTtl, maxTtl, Duration.ZERO));
  }

  private Future<InetSocketAddress> start(
      HostResolver resolver, String name, AddressPreference preference) {
    // On the loop, as the engine does it: only there is the cache read before anything is asked.
    return loop.submit(() -> resolver.resolve(loop, name, 80, preference))
        .syncUninterruptibly()
        .getNow()
        .awaitUninterruptibly();
  }

  private String resolve(HostResolver resolver, String name, AddressPreference preference) {
    InetAddress address =
        start(resolver, name, preference).syncUninterruptibly().getNow().getAddress();
    return address.getHostAddress();
  }
}
