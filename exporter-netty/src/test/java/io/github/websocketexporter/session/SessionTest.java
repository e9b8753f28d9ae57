package io.github.websocketexporter.session;

import static io.github.websocketexporter.session.FrozenSessions.PLAIN;
import static io.github.websocketexporter.session.FrozenSessions.module;
import static io.github.websocketexporter.session.FrozenSessions.seconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.SessionSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Disconnect;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTripSpread;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.session.FrozenSessions.Scrape;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a session, while time stands still. */
class SessionTest {
  private static final ProbeModule MODULE = module(PLAIN);
  private static final Failure NO_PONG = new Failure(Phase.PING, FailureReason.PONG_TIMEOUT);

  private FrozenSessions sessions = new FrozenSessions();

  @AfterEach
  void close() {
    sessions.close();
  }

  private ProbeResult scrape() {
    return sessions.scrape("/", MODULE);
  }

  private static SessionFacts facts(ProbeResult result) {
    return requireNonNull(result.session());
  }

  private static PingStatistics pings(ProbeResult result) {
    return requireNonNull(result.pings());
  }

  @Test
  void theFirstScrapeIsAnsweredWithTheFirstPong() {
    sessions.answersPings(false);
    Scrape first = sessions.scrape("/", MODULE, seconds(9));
    sessions.pass(seconds(0.3));
    assertThat(first.isAnswered()).isFalse();

    sessions.visit().answerPings();

    assertThat(first.result().success()).isTrue();
    assertThat(first.result().answered()).isTrue();
    assertThat(first.result().connected()).isTrue();
    assertThat(requireNonNull(first.result().roundTrip()).nanos())
        .isEqualTo(seconds(0.3).toNanos());
    assertThat(first.result().timings().nanos(Phase.PING)).isEqualTo(seconds(0.3).toNanos());
    assertThat(facts(first.result()).pings()).isEqualTo(1);
    assertThat(pings(first.result()).sent()).isEqualTo(1);
    assertThat(pings(scrape()).sent()).as("by another that comes at once").isEqualTo(1);
  }

  @Test
  void laterScrapesAreAnsweredAtOnceFromTheSameConnection() {
    scrape();
    sessions.pass(seconds(30));

    ProbeResult later = scrape();

    assertThat(later.success()).isTrue();
    assertThat(later.durationNanos()).isZero();
    assertThat(sessions.visits()).hasSize(1);
    assertThat(facts(later).connects()).isEqualTo(1);
    assertThat(facts(later).connectionAgeNanos()).hasValue(seconds(30).toNanos());
    assertThat(facts(later).pings()).isBetween(30L, 31L);
    assertThat(facts(later).pongs()).isEqualTo(facts(later).pings());
    assertThat(facts(later).lastPongEpochMillis()).isPresent();
  }

  @Test
  void pingsGoAtTheIntervalWhateverScrapesDo() {
    for (int i = 0; i < 20; i++) {
      scrape();
      sessions.pass(seconds(0.7));
    }

    var times = sessions.visit().pings;
    for (int i = 2; i < times.size(); i++) {
      assertThat(times.get(i).minus(times.get(i - 1))).isEqualTo(seconds(1));
    }
    assertThat(times.get(1).minus(times.get(0))).isBetween(seconds(0.5), seconds(1.5));
  }

  @Test
  void aSpikeBetweenScrapesIsSeen() {
    scrape();
    sessions.pass(seconds(10));
    sessions.answersPings(false);
    sessions.pass(seconds(1.5));
    sessions.answersPings(true);
    sessions.visit().answerPings();
    sessions.pass(seconds(18.5));

    ProbeResult after = scrape();

    RoundTripSpread spread = requireNonNull(pings(after).spread());
    assertThat(spread.maxNanos()).isGreaterThan(seconds(0.4).toNanos());
    assertThat(spread.minNanos()).isLessThan(seconds(0.01).toNanos());
    assertThat(requireNonNull(after.roundTrip()).nanos()).isLessThan(seconds(0.01).toNanos());
    assertThat(facts(after).roundTrips().sumNanos()).isGreaterThan(seconds(0.4).toNanos());
  }

  @Test
  void bothOfAPairOfScrapersSeeTheSameGaugesAndGrowingCounters() {
    scrape();
    sessions.pass(seconds(10));
    scrape();
    sessions.pass(seconds(20));
    ProbeResult one = scrape();
    ProbeResult other = scrape();
    sessions.pass(seconds(10));
    ProbeResult later = scrape();

    assertThat(pings(other)).isEqualTo(pings(one));
    assertThat(pings(later).spread()).isEqualTo(pings(one).spread());
    assertThat(pings(later).sent()).isEqualTo(pings(one).sent());
    assertThat(facts(later).pings()).isGreaterThan(facts(one).pings());
    assertThat(sessions.visits()).hasSize(1);
  }

  @Test
  void aPongThatIsLateIsNotLost() {
    scrape();
    sessions.answersPings(false);
    sessions.pass(seconds(7));
    ProbeResult during = scrape();
    sessions.answersPings(true);
    sessions.visit().answerPings();
    sessions.pass(seconds(1));
    ProbeResult after = scrape();

    assertThat(during.failure()).isEqualTo(NO_PONG);
    assertThat(during.answered()).isFalse();
    assertThat(during.connected()).isTrue();
    assertThat(after.success()).isTrue();
    assertThat(facts(after).latePongs()).isBetween(1L, 3L);
    assertThat(facts(after).lostPings()).isZero();
    assertThat(facts(after).disconnects()).isEmpty();
    assertThat(facts(after).pongs()).isEqualTo(facts(after).pings());
  }

  @Test
  void aServerThatSkipsPingsLosesThemAndKeepsTheConnection() {
    scrape();
    sessions.answersPings(false);
    sessions.pass(seconds(1.6));
    sessions.visit().dropPings();
    sessions.answersPings(true);
    sessions.pass(seconds(12));

    ProbeResult after = scrape();

    assertThat(after.success()).isTrue();
    assertThat(facts(after).lostPings()).isBetween(1L, 2L);
    assertThat(facts(after).latePongs()).isZero();
    assertThat(facts(after).disconnects()).isEmpty();
  }

  @Test
  void aConnectionOverWhichNothingComesIsGivenUpAndMadeAnew() {
    scrape();
    sessions.answersPings(false);
    sessions.pass(seconds(11.6));
    sessions.answersPings(true);
    ProbeResult after = scrape();
    sessions.pass(seconds(2));
    ProbeResult later = scrape();

    assertThat(facts(after).disconnects())
        .isEqualTo(Map.of(new Disconnect(DisconnectReason.PONG_TIMEOUT), 1L));
    assertThat(facts(after).lostPings()).isGreaterThan(5);
    assertThat(sessions.closeCodes()).contains(1011);
    assertThat(later.success()).isTrue();
    assertThat(facts(later).connects()).isEqualTo(2);
  }

  @Test
  void whoIsDownSaysSoAtOnceAndCountersSurvive() {
    scrape();
    sessions.pass(seconds(5));
    sessions.visit().sendClose(1012);
    ProbeResult down = scrape();
    sessions.pass(seconds(2));
    ProbeResult up = scrape();

    assertThat(requireNonNull(down.failure()).phase()).isEqualTo(Phase.PING);
    assertThat(down.failure().reason()).isEqualTo(FailureReason.CLOSED_BY_PEER);
    assertThat(down.connected()).isFalse();
    assertThat(down.answered()).isFalse();
    assertThat(down.roundTrip()).isNull();
    assertThat(facts(down).connectionAgeNanos()).isEmpty();
    assertThat(facts(down).disconnects())
        .isEqualTo(Map.of(new Disconnect(DisconnectReason.CLOSED_BY_PEER, "1012"), 1L));
    assertThat(up.success()).isTrue();
    assertThat(facts(up).connects()).isEqualTo(2);
    assertThat(facts(up).pings()).isGreaterThan(facts(down).pings());
    assertThat(sessions.own("websocket_exporter_session_reconnects")).isEqualTo(1);
  }

  @Test
  void whoIsThereAgainButDoesNotAnswerIsNotUp() {
    scrape();
    sessions.visit().sendClose(1012);
    sessions.answersPings(false);
    sessions.pass(seconds(2));
    ProbeResult silent = scrape();
    sessions.pass(seconds(4));
    ProbeResult overdue = scrape();

    assertThat(sessions.visits()).hasSize(2);
    assertThat(requireNonNull(silent.failure()).reason()).isEqualTo(FailureReason.CLOSED_BY_PEER);
    assertThat(silent.connected()).isFalse();
    assertThat(overdue.failure()).isEqualTo(NO_PONG);
    assertThat(overdue.connected()).isTrue();
  }

  @Test
  void aServerThatStaysAwayIsTriedLessAndLessOften() {
    scrape();
    sessions.pass(seconds(40));
    scrape();
    sessions.goDown();
    sessions.pass(seconds(0.1));
    assertThat(requireNonNull(scrape().failure()).reason())
        .isIn(FailureReason.CONNECTION_RESET, FailureReason.CONNECT_REFUSED);
    sessions.pass(seconds(60));
    ProbeResult down = scrape();
    double attempts = sessions.own("websocket_exporter_session_reconnects");

    assertThat(requireNonNull(down.failure()).phase()).isEqualTo(Phase.CONNECT);
    assertThat(down.failure().reason()).isEqualTo(FailureReason.CONNECT_REFUSED);
    assertThat(attempts).isBetween(3.0, 40.0);

    sessions.listen();
    sessions.pass(seconds(30.5));
    assertThat(scrape().success()).isTrue();
    assertThat(facts(scrape()).disconnects())
        .isEqualTo(Map.of(new Disconnect(DisconnectReason.CONNECTION_RESET), 1L));
  }

  @Test
  void aSessionThatNobodyAsksForIsClosedAfterThreeOfItsIntervals() {
    sessions.close();
    sessions = FrozenSessions.ofShortLeases();
    for (int i = 0; i < 7; i++) {
      scrape();
      sessions.pass(seconds(10));
    }
    sessions.pass(seconds(19.9));
    assertThat(sessions.visit().isOpen()).isTrue();

    sessions.pass(seconds(0.2));

    assertThat(sessions.visit().isOpen()).isFalse();
    assertThat(sessions.closeCodes()).containsExactly(1000);
    assertThat(sessions.own("websocket_exporter_sessions")).isZero();
    assertThat(facts(scrape()).pings()).as("pings of a new session").isEqualTo(1);
  }

  @Test
  void aSessionThatWasScrapedOnceIsKeptForTheLongestLease() {
    scrape();
    sessions.pass(Duration.ofMinutes(10).minusSeconds(1));
    assertThat(sessions.visit().isOpen()).isTrue();

    sessions.pass(seconds(1.1));

    assertThat(sessions.visit().isOpen()).isFalse();
  }

  @Test
  void aSessionIsMadeAnewWhenItIsOldAndCountersSurvive() {
    sessions.close();
    sessions =
        new FrozenSessions(
            new SessionSettings(10, seconds(10), Duration.ofMinutes(10), Duration.ofMinutes(1)));
    scrape();
    sessions.pass(seconds(53));
    assertThat(sessions.visits()).hasSize(1);
    sessions.pass(seconds(7.5));

    ProbeResult after = scrape();

    assertThat(sessions.visits()).hasSize(2);
    assertThat(after.success()).isTrue();
    assertThat(facts(after).disconnects())
        .isEqualTo(Map.of(new Disconnect(DisconnectReason.MAX_AGE), 1L));
    assertThat(facts(after).lostPings()).isZero();
    assertThat(facts(after).pings()).isGreaterThan(55);
  }

  @Test
  void aModuleThatChangedMakesTheConnectionAnewAndAnotherDoesNot() {
    scrape();
    sessions.scrape("/other", MODULE);
    sessions.pass(seconds(20));
    ProbeModule changed = module("continuous = true, ping.interval = 2s, ping.timeout = 5s");
    ProbeResult first = sessions.scrape("/", changed);
    sessions.scrape("/other", module(PLAIN));
    sessions.pass(seconds(20.1));
    ProbeResult later = sessions.scrape("/", changed);
    ProbeResult other = sessions.scrape("/other", module(PLAIN));

    assertThat(first.success()).isTrue();
    assertThat(later.success()).isTrue();
    assertThat(facts(later).connects()).isEqualTo(2);
    assertThat(facts(later).disconnects())
        .isEqualTo(Map.of(new Disconnect(DisconnectReason.MODULE_CHANGED), 1L));
    assertThat(facts(other).connects()).isEqualTo(1);
    int before = sessions.visit().pings.size();
    sessions.pass(seconds(10));
    assertThat(sessions.visit().pings).hasSize(before + 5);
  }

  @Test
  void aModuleThatSaysTheSameIsNoOther() {
    String settings =
        PLAIN
            + """

            messages = [{ name = login, send = login, expect = "(?P<who>.*)" }]
            heartbeat { send = "beat ${who}", expect = "o." }
            authorization.bearer.token = token
            headers { X-Tenant = blue }
            policy { allow { cidrs = ["127.0.0.0/8"], hosts = ["127.0.0.1"], ports = [1-65535] } }
            tls { min-version = TLS 1.3 }
            subprotocols = [a]
            proxy { url = "http://127.0.0.1:1", no-proxy = ["*"] }
            """;
    sessions.answersTexts(text -> "ok");
    sessions.scrape("/", module(settings));
    sessions.pass(seconds(2));
    sessions.scrape("/", module(settings));
    sessions.pass(seconds(5));

    assertThat(facts(sessions.scrape("/", module(settings))).connects()).isEqualTo(1);
  }

  @Test
  void thereAreNoMoreSessionsThanAllowed() {
    sessions.close();
    sessions =
        new FrozenSessions(
            new SessionSettings(2, seconds(10), Duration.ofMinutes(10), Duration.ofDays(1)));
    sessions.scrape("/1", MODULE);
    sessions.scrape("/2", MODULE);
    ProbeResult third = sessions.scrape("/3", MODULE);

    assertThat(requireNonNull(third.failure()).reason()).isEqualTo(FailureReason.TOO_MANY_SESSIONS);
    assertThat(sessions.visits()).hasSize(2);
    assertThat(sessions.scrape("/1", MODULE).success()).isTrue();

    sessions.pass(seconds(10));
    sessions.scrape("/1", MODULE);
    sessions.pass(Duration.ofMinutes(10).minusSeconds(5));
    assertThat(sessions.scrape("/3", MODULE).success()).isTrue();
  }

  @Test
  void theExporterThatStopsGoesAway() {
    sessions.scrape("/1", MODULE);
    sessions.scrape("/2", MODULE);

    var stopped = sessions.stop();

    assertThat(stopped).isCompleted();
    assertThat(sessions.closeCodes()).containsExactly(1001, 1001);
    assertThat(sessions.own("websocket_exporter_sessions")).isZero();
  }

  @Test
  void sessionsDoNotPingTogether() {
    for (int i = 0; i < 50; i++) {
      sessions.scrape("/" + i, MODULE);
    }
    sessions.pass(seconds(2));
    Duration from = sessions.now();
    sessions.pass(seconds(1));

    Map<Duration, Long> together =
        sessions.visits().stream()
            .flatMap(visit -> visit.pings.stream())
            .filter(ping -> ping.compareTo(from) > 0)
            .collect(
                java.util.stream.Collectors.groupingBy(
                    ping -> ping, java.util.stream.Collectors.counting()));
    // Time goes in steps of a tenth of a second here.
    assertThat(together.values()).hasSize(10).allMatch(count -> count >= 4 && count <= 6);
  }

  @Test
  void nothingIsLeftBehindHoweverSessionsEnd() throws Exception {
    sessions.close();
    sessions =
        new FrozenSessions(new SessionSettings(500, seconds(1), seconds(8), Duration.ofDays(1)));
    ProbeModule quick = module("continuous = true, ping { interval = 1s, timeout = 500ms }");
    sessions.scrape("/", quick);
    sessions.stop();
    long filesBefore = openFiles();
    for (int i = 0; i < 500; i++) {
      sessions.scrape("/" + i, quick);
    }
    List<FrozenSessions.Visit> first = List.copyOf(sessions.visits().subList(1, 501));
    first.subList(0, 100).forEach(visit -> visit.sendClose(1012));
    first.subList(100, 200).forEach(FrozenSessions.Visit::reset);
    sessions.pass(seconds(1));
    sessions.answersPings(false);
    sessions.pass(seconds(2.5));
    sessions.answersPings(true);
    sessions.pass(seconds(3));
    for (int i = 200; i < 300; i++) {
      sessions.scrape("/" + i, module("continuous = true, ping.interval = 2s"));
    }
    assertThat(sessions.own("websocket_exporter_sessions")).isEqualTo(500);
    sessions.pass(seconds(8.5));
    assertThat(sessions.own("websocket_exporter_sessions")).isZero();
    for (int i = 0; i < 50; i++) {
      sessions.scrape("/" + i, quick);
    }
    sessions.stop();

    assertThat(sessions.own("websocket_exporter_sessions")).isZero();
    assertThat(sessions.own("websocket_exporter_session_disconnects")).isGreaterThan(1_000);
    assertThat(sessions.visits()).noneMatch(FrozenSessions.Visit::isOpen);
    assertThat(openFiles()).isEqualTo(filesBefore);
    assertThat(sessions.hasTimers()).isFalse();
  }

  private static long openFiles() throws Exception {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  @Test
  void aHeartbeatStandsInForPings() {
    ProbeModule module =
        module(
            PLAIN
                + """

                messages = [{ send = "login", expect = "welcome (?P<who>.*)" }]
                heartbeat { send = "beat ${who}", expect = "^ok$" }
                """);
    sessions.answersTexts(text -> text.equals("login") ? "welcome you" : "ok");

    sessions.scrape("/", module);
    sessions.pass(seconds(10));
    ProbeResult later = sessions.scrape("/", module);

    assertThat(sessions.visit().pings).isEmpty();
    assertThat(sessions.visit().texts).startsWith("login", "beat you", "beat you");
    assertThat(sessions.visit().texts.stream().filter("login"::equals)).hasSize(1);
    assertThat(later.success()).isTrue();
    assertThat(later.answered()).isTrue();
    assertThat(facts(later).pongs()).isBetween(10L, 11L);
  }

  @Test
  void aHeartbeatThatIsNotAnsweredIsNotSentAgain() {
    ProbeModule module = module(PLAIN + "\nheartbeat { send = beat, expect = \"^ok$\" }");
    sessions.answersTexts(text -> sessions.visit().texts.size() < 3 ? "ok" : "something else");
    sessions.scrape("/", module);
    sessions.pass(seconds(8));
    ProbeResult overdue = sessions.scrape("/", module);
    sessions.pass(seconds(5));
    ProbeResult dead = sessions.scrape("/", module);

    assertThat(overdue.failure()).isEqualTo(NO_PONG);
    assertThat(sessions.visits().get(0).texts).hasSize(3);
    assertThat(facts(dead).disconnects())
        .isEqualTo(Map.of(new Disconnect(DisconnectReason.PONG_TIMEOUT), 1L));
    assertThat(facts(dead).lostPings()).isEqualTo(1);
  }

  @Test
  void theFirstScrapeIsAnsweredByItsLimitAndTheSessionGoesOn() {
    sessions.answersPings(false);
    Scrape first = sessions.scrape("/", MODULE, seconds(2));
    sessions.pass(seconds(1.9));
    assertThat(first.isAnswered()).isFalse();
    sessions.pass(seconds(0.2));
    sessions.answersPings(true);
    sessions.visit().answerPings();

    assertThat(first.result().failure()).isEqualTo(NO_PONG);
    assertThat(first.result().connected()).isTrue();
    assertThat(scrape().success()).isTrue();
    assertThat(sessions.visits()).hasSize(1);
  }

  @Test
  void aScraperThatGoesAwayLeavesTheSession() {
    sessions.answersPings(false);
    Scrape first = sessions.scrape("/", MODULE, seconds(2));
    first.cancel();
    assertThat(requireNonNull(first.result().failure()).reason())
        .isEqualTo(FailureReason.CANCELLED);
    sessions.answersPings(true);
    sessions.visit().answerPings();

    assertThat(scrape().success()).isTrue();
    assertThat(sessions.visits()).hasSize(1);
  }

  @Test
  void pongsNeedNotComeWhereTheyAreNotRequired() {
    ProbeModule module = module(PLAIN + ", ping.required = false");
    sessions.answersPings(false);
    sessions.scrape("/", module, seconds(9));
    sessions.pass(seconds(6));
    ProbeResult result = sessions.scrape("/", module);

    assertThat(result.success()).isTrue();
    assertThat(result.answered()).isFalse();
  }

  @Test
  void pongsThatComeTwiceOrAreMadeUpCountForNothing() {
    scrape();
    sessions.visit().repeatPong();
    sessions.visit().send(new PongWebSocketFrame(Unpooled.copyLong(42)));
    sessions.visit().send(new PongWebSocketFrame());
    sessions.settle();
    ProbeResult after = scrape();

    assertThat(facts(after).pongs()).isEqualTo(1);
    assertThat(facts(after).roundTrips().count(0)).isEqualTo(1);
    assertThat(pings(after).unmatched()).isEqualTo(3);
  }

  @Test
  void allWhoWaitHearOfTheFailure() {
    sessions.goDown();
    Scrape one = sessions.begin("/", MODULE, seconds(9));
    Scrape other = sessions.begin("/", MODULE, seconds(9));
    sessions.settle();

    for (Scrape each : List.of(one, other)) {
      assertThat(each.result().failure())
          .isEqualTo(new Failure(Phase.CONNECT, FailureReason.CONNECT_REFUSED));
    }
  }

  @Test
  void whoHasLessTimeIsAnsweredSooner() {
    sessions.answersPings(false);
    Scrape patient = sessions.scrape("/", MODULE, seconds(4));
    Scrape hasty = sessions.scrape("/", MODULE, seconds(1));
    sessions.pass(seconds(1.1));

    assertThat(hasty.result().failure()).isEqualTo(NO_PONG);
    assertThat(patient.isAnswered()).isFalse();
    sessions.visit().answerPings();
    assertThat(patient.result().success()).isTrue();
  }

  @Test
  void aStopOfTheWholeProcessLosesNothing() {
    scrape();
    sessions.pass(seconds(30));
    scrape();
    sessions.pass(seconds(5));
    sessions.jump(Duration.ofSeconds(50));
    sessions.pass(seconds(5));
    ProbeResult after = scrape();

    assertThat(after.success()).isTrue();
    assertThat(facts(after).connects()).isEqualTo(1);
    assertThat(facts(after).lostPings()).isZero();
    assertThat(facts(after).latePongs()).isZero();
    assertThat(facts(after).pings()).isBetween(38L, 44L);
  }

  @Test
  void aScrapeThatWaitedInItsSocketWhileTheProcessWasStoppedRenewsTheLease() {
    sessions.close();
    sessions = FrozenSessions.ofShortLeases();
    for (int i = 0; i < 7; i++) {
      scrape();
      sessions.pass(seconds(10));
    }
    Scrape late = sessions.beginAfterJump("/", MODULE, Duration.ofMinutes(5));

    assertThat(late.result().success()).isTrue();
    assertThat(facts(late.result()).connects()).isEqualTo(1);
    assertThat(sessions.visits()).hasSize(1);
  }

  @Test
  void aServerThatClosesAsSoonAsItOpensIsNotConnectedToInALoop() {
    sessions.closesAtOnce(1013);
    Scrape first = sessions.scrape("/", MODULE, seconds(9));
    sessions.pass(Duration.ofMinutes(5));
    ProbeResult later = scrape();

    assertThat(requireNonNull(first.result().failure()).reason())
        .isEqualTo(FailureReason.CLOSED_BY_PEER);
    assertThat(requireNonNull(later.failure()).reason()).isEqualTo(FailureReason.CLOSED_BY_PEER);
    assertThat(sessions.visits().size()).isBetween(8, 60);
    assertThat(facts(later).disconnects())
        .isEqualTo(
            Map.of(
                new Disconnect(DisconnectReason.CLOSED_BY_PEER, "1013"),
                (long) sessions.visits().size()));
  }

  @Test
  void aPairOfScrapersThatBeginsTogetherKeepsItsSession() {
    sessions.close();
    sessions = FrozenSessions.ofShortLeases();
    for (int round = 0; round < 8; round++) {
      scrape();
      sessions.pass(seconds(2));
      scrape();
      sessions.pass(seconds(18));
    }

    assertThat(sessions.visits()).hasSize(1);
  }

  @Test
  void manyScrapesInARowDoNotShortenTheLease() {
    sessions.close();
    sessions = FrozenSessions.ofShortLeases();
    for (int round = 0; round < 5; round++) {
      scrape();
      sessions.pass(seconds(20));
    }
    for (int i = 0; i < 20; i++) {
      scrape();
    }
    sessions.pass(seconds(50));

    assertThat(sessions.visit().isOpen()).isTrue();
  }

  @Test
  void noLeaseEndsWhileAScrapeWaits() {
    sessions.close();
    sessions =
        new FrozenSessions(new SessionSettings(1, seconds(1), seconds(2), Duration.ofDays(1)));
    sessions.answersPings(false);
    Scrape waiting = sessions.scrape("/", module("continuous = true"), seconds(9));
    sessions.pass(seconds(5));
    assertThat(waiting.isAnswered()).isFalse();
    sessions.visit().answerPings();

    assertThat(waiting.result().success()).isTrue();
    sessions.pass(seconds(1));
    assertThat(sessions.own("websocket_exporter_sessions")).isZero();
  }

  @Test
  void aConnectionThatDidNotAnswerIsNotWellForBeingReplaced() {
    scrape();
    sessions.answersPings(false);
    sessions.pass(seconds(7));
    assertThat(scrape().failure()).isEqualTo(NO_PONG);
    ProbeModule changed = module(PLAIN + ", headers { X-Other = yes }");
    sessions.scrape("/", changed);
    for (int i = 0; i < 40; i++) {
      sessions.pass(seconds(0.2));
      ProbeResult during = sessions.scrape("/", changed);
      assertThat(during.success()).isFalse();
      assertThat(during.answered()).isFalse();
    }
    assertThat(facts(sessions.scrape("/", changed)).lostPings()).isPositive();
  }

  @Test
  void anOldPingThatIsLostDoesNotOverrideANewerAnswer() {
    ProbeModule slow = module("continuous = true, ping { interval = 5s, timeout = 3s }");
    sessions.scrape("/", slow);
    sessions.answersPings(false);
    sessions.pass(seconds(7.4));
    sessions.visit().dropPings();
    sessions.answersPings(true);
    while (facts(sessions.scrape("/", slow)).pongs() < 2) {
      sessions.pass(seconds(0.5));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(sessions.scrape("/", slow).success()).isTrue();
      sessions.pass(seconds(0.5));
    }
    assertThat(facts(sessions.scrape("/", slow)).lostPings()).isPositive();
  }

  @Test
  void aModuleThatChangesBackIsNoReasonToConnectAnew() {
    scrape();
    sessions.pass(seconds(20));
    sessions.scrape("/", module(PLAIN + ", headers { X-Other = yes }"));
    scrape();
    sessions.pass(seconds(40));

    assertThat(facts(scrape()).connects()).isEqualTo(1);
  }
}
