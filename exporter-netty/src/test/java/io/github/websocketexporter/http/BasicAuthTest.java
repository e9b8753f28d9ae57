package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.config.ClientAuth;
import io.github.websocketexporter.config.ServerTlsSettings;
import io.github.websocketexporter.config.WebProtection;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.module.TlsIdentity;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is let in, while a password takes as long to check as the test wants. */
@Timeout(30)
class BasicAuthTest {
  /** One that is checked, and those that wait behind it. */
  private static final int MOST_AT_ONCE = 65;

  private static final int MOST_OF_A_CLIENT = 4;

  /** Whose requests come next. */
  private String client = "192.0.2.1";

  private final EmbeddedChannel channel =
      new EmbeddedChannel() {
        @Override
        public SocketAddress remoteAddress() {
          return new InetSocketAddress(client, 1_024);
        }
      };
  private final List<Response> answers = new ArrayList<>();
  private final List<String> letIn = new ArrayList<>();
  private final Queue<String> hashed = new ConcurrentLinkedQueue<>();
  private final Queue<Thread> hashers = new ConcurrentLinkedQueue<>();
  private final CountDownLatch hashing = new CountDownLatch(1);
  private final Semaphore mayHash = new Semaphore(0);
  private final Map<String, Secret> users = Map.of("alice", Secret.of("$2y$04$…"));
  private Protection protection = protection(users);
  private final BasicAuth auth = new BasicAuth(() -> protection);
  private final Endpoint entrance =
      auth.before((request, exchange) -> letIn.add(request.target().path()));

  private Protection protection(Map<String, Secret> users) {
    return new Protection(
        new WebProtection(null, users, Set.of("/open")), null, new Users(users, this::matches));
  }

  private boolean matches(byte[] password, byte[] hash) {
    hashers.add(Thread.currentThread());
    hashed.add(new String(password, UTF_8));
    hashing.countDown();
    mayHash.acquireUninterruptibly();
    return new String(password, UTF_8).equals("right");
  }

  @AfterEach
  void close() {
    mayHash.release(1_000);
    auth.close();
    channel.finishAndReleaseAll();
  }

  /** As an event loop does; that this returns is a test of its own. */
  private HttpExchange ask(String path, String... fields) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
    for (String field : fields) {
      request.headers().add("Authorization", field);
    }
    HttpExchange exchange = new HttpExchange(channel, answers::add);
    exchange.handTo(entrance, new RequestHead(request, new RequestTarget(path, "")));
    return exchange;
  }

  private HttpExchange askAs(String user, String password) {
    return ask("/" + user, basic(user, password));
  }

  private static String basic(String user, String password) {
    String pair = user + ":" + password;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private void awaitOutcomes(int count) {
    await()
        .untilAsserted(
            () -> {
              channel.runPendingTasks();
              assertThat(letIn.size() + answers.size()).isEqualTo(count);
            });
  }

  @Test
  void whoHasTheRightPasswordIsLetInAndIsHashedOnce() {
    mayHash.release(1);
    for (int i = 1; i <= 10; i++) {
      askAs("alice", "right");
      awaitOutcomes(i);
    }

    assertThat(letIn).hasSize(10).containsOnly("/alice");
    assertThat(answers).isEmpty();
    assertThat(hashed).containsExactly("right");
  }

  @Test
  void whoHasAWrongOneIsToldByA401AndHashedOnce() {
    mayHash.release(1);
    for (int i = 1; i <= 10; i++) {
      askAs("alice", "wrong");
      awaitOutcomes(i);
    }

    assertThat(letIn).isEmpty();
    assertThat(hashed).containsExactly("wrong");
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).isEqualTo(HttpResponseStatus.UNAUTHORIZED);
              assertThat(answer.fields())
                  .contains("\r\nwww-authenticate: Basic realm=\"websocket-exporter\"\r\n");
            });
  }

  @Test
  void anUnknownUserIsHashedLikeAKnownOne() {
    mayHash.release(1);
    askAs("mallory", "right");
    awaitOutcomes(1);

    assertThat(hashed).containsExactly("right");
    assertThat(letIn).isEmpty();
    assertThat(answers).extracting(Response::status).containsOnly(HttpResponseStatus.UNAUTHORIZED);
  }

  @Test
  void whoSaysNoPasswordIsToldSoAtOnceAndNothingIsHashed() {
    ask("/");
    ask("/", "Bearer token");
    ask("/", "Basic !");
    ask("/", basic("alice", "right"), basic("alice", "right"));

    assertThat(answers)
        .hasSize(4)
        .extracting(Response::status)
        .containsOnly(HttpResponseStatus.UNAUTHORIZED);
    assertThat(hashed).isEmpty();
  }

  @Test
  void aPathThatIsOpenNeedsNoneAndNoOtherIsOpen() {
    ask("/open");
    ask("/open", basic("alice", "wrong"));
    ask("/open/");
    ask("/%6fpen");

    assertThat(letIn).containsExactly("/open", "/open");
    assertThat(answers).hasSize(2);
    assertThat(hashed).isEmpty();
  }

  @Test
  void withoutUsersEveryoneIsLetIn() {
    protection = Protection.NONE;
    ask("/");
    askAs("alice", "wrong");

    assertThat(letIn).containsExactly("/", "/alice");
    assertThat(hashed).isEmpty();
  }

  @Test
  void aFleetThatBeginsWaitsForOneHashAndHoldsNoEventLoopMeanwhile() {
    for (int i = 0; i < 5_000; i++) {
      askAs("alice", "right");
    }
    assertThat(letIn).isEmpty();
    assertThat(answers).isEmpty();

    mayHash.release(1);
    awaitOutcomes(5_000);

    assertThat(letIn).hasSize(5_000);
    assertThat(hashed).containsExactly("right");
    assertThat(hashers).doesNotContain(Thread.currentThread());
  }

  @Test
  void tooManyPasswordsAtOnceAreA503AndTheRememberedOneStillIsLetIn() throws Exception {
    mayHash.release(1);
    askAs("alice", "right");
    awaitOutcomes(1);
    askAs("alice", "0");
    await().until(() -> hashed.contains("0"));
    for (int i = 1; i < MOST_AT_ONCE; i++) {
      client = "192.0.2." + (2 + i / MOST_OF_A_CLIENT);
      askAs("alice", String.valueOf(i));
    }
    assertThat(answers).isEmpty();

    client = "192.0.2.255";
    askAs("alice", "one more");
    askAs("alice", "right");

    assertThat(letIn).hasSize(2);
    assertThat(answers)
        .singleElement()
        .satisfies(
            answer -> {
              assertThat(answer.status()).isEqualTo(HttpResponseStatus.SERVICE_UNAVAILABLE);
              assertThat(answer.fields()).contains("\r\nretry-after: 1\r\n");
            });
  }

  @Test
  void whoGuessesKeepsNobodyElseOut() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      askAs(i % 2 == 0 ? "alice" : "mallory", "guess " + i);
    }
    assertThat(answers)
        .hasSize(1_000 - MOST_OF_A_CLIENT)
        .extracting(Response::status)
        .containsOnly(HttpResponseStatus.SERVICE_UNAVAILABLE);

    client = "192.0.2.2";
    askAs("alice", "right");
    mayHash.release(MOST_OF_A_CLIENT + 1);
    await()
        .untilAsserted(
            () -> {
              channel.runPendingTasks();
              assertThat(letIn).containsExactly("/alice");
            });
  }

  @Test
  void whoGuessesFromEveryAddressOfAnIpv6NetworkKeepsNobodyElseOut() {
    for (int i = 0; i < 1_000; i++) {
      client = "2001:db8:0:1::" + Integer.toHexString(i);
      askAs("alice", "guess " + i);
    }
    assertThat(answers).hasSize(1_000 - MOST_OF_A_CLIENT);

    client = "2001:db8:0:2::1";
    askAs("alice", "right");
    assertThat(answers).as("no more than before").hasSize(1_000 - MOST_OF_A_CLIENT);
  }

  @Test
  void nothingIsHashedForAClientThatHasGoneAway() throws Exception {
    askAs("alice", "first");
    assertThat(hashing.await(20, SECONDS)).isTrue();
    HttpExchange left = askAs("alice", "left");
    HttpExchange leftToo = askAs("alice", "left");
    HttpExchange one = askAs("alice", "right");
    askAs("alice", "right");

    left.abort();
    leftToo.abort();
    one.abort();
    mayHash.release(10);
    awaitOutcomes(2);

    assertThat(hashed).containsExactly("first", "right");
    assertThat(letIn).as("but not the one that left").hasSize(1);
    askAs("alice", "left");
    awaitOutcomes(3);
    assertThat(hashed).containsExactly("first", "right", "left");
  }

  @Test
  void newUsersAreInForceAtOnceAndOldOnesForgotten() {
    mayHash.release(10);
    askAs("alice", "right");
    awaitOutcomes(1);

    protection = protection(Map.of("bob", Secret.of("$2y$04$…")));
    askAs("alice", "right");
    awaitOutcomes(2);
    askAs("bob", "right");
    awaitOutcomes(3);

    assertThat(letIn).containsExactly("/alice", "/bob");
    assertThat(hashed).hasSize(3);
  }

  @Test
  void whoeverWaitsWhenNewUsersComeIsLetInByTheseAlone() throws Exception {
    askAs("alice", "right");
    askAs("bob", "right");
    assertThat(hashing.await(20, SECONDS)).isTrue();

    protection = protection(Map.of("bob", Secret.of("$2y$04$…")));
    mayHash.release(10);
    awaitOutcomes(2);

    assertThat(letIn).containsExactly("/bob");
    assertThat(answers).extracting(Response::status).containsOnly(HttpResponseStatus.UNAUTHORIZED);
    assertThat(hashed).as("by the old users and by the new ones").hasSize(4);
  }

  @Test
  void whoeverWaitsOnAConnectionThatIsNoLongerAdmittedGetsNoAnswer() throws Exception {
    askAs("alice", "right");
    assertThat(hashing.await(20, SECONDS)).isTrue();

    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=Authority of a test")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    ServerTlsSettings tls =
        new ServerTlsSettings(
            new TlsIdentity(identity.getCertificatePathList(), identity.getKeyPair().getPrivate()),
            ClientAuth.NONE,
            List.of());
    protection = protection.replacedBy(new WebProtection(tls, users, Set.of()));
    mayHash.release(1);
    await()
        .untilAsserted(
            () -> {
              channel.runPendingTasks();
              assertThat(channel.isOpen()).isFalse();
            });

    assertThat(letIn).isEmpty();
    assertThat(answers).isEmpty();
  }

  @Test
  void aBugIsA500ForAllWhoWait() {
    protection =
        new Protection(
            WebProtection.NONE,
            null,
            new Users(
                Map.of("alice", Secret.of("$2y$04$…")),
                (password, hash) -> {
                  throw new IllegalStateException("a bug of the test's");
                }));
    askAs("alice", "right");
    awaitOutcomes(1);

    assertThat(answers)
        .extracting(Response::status)
        .containsExactly(HttpResponseStatus.INTERNAL_SERVER_ERROR);
  }
}
