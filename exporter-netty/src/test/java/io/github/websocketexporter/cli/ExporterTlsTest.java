package io.github.websocketexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The whole exporter, when it speaks TLS. */
@Timeout(60)
class ExporterTlsTest {
  private static final String HEALTHY = "Healthy.\n";

  @TempDir private static Path directory;
  private static Certificates certificates;
  private static X509Bundle goodClient;
  private static X509Bundle strangeClient;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private @Nullable RunningExporter running;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(directory);
    Files.writeString(directory.resolve("ca.pem"), certificates.authority().getCertificatePEM());
    goodClient =
        new CertificateBuilder().subject("CN=scraper").buildIssuedBy(certificates.authority());
    X509Bundle otherAuthority =
        new CertificateBuilder()
            .subject("CN=Authority of a test")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Files.writeString(directory.resolve("other-ca.pem"), otherAuthority.getCertificatePEM());
    strangeClient = new CertificateBuilder().subject("CN=scraper").buildIssuedBy(otherAuthority);
  }

  private RunningExporter start(String... settings) throws Exception {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("web.tls.cert-file=" + certificates.chainPem());
    all.add("web.tls.key-file=" + certificates.keyPem());
    return startOf(null, all.toArray(String[]::new));
  }

  private RunningExporter startOf(@Nullable Path file, String... settings) throws Exception {
    running = certificates.trusted(() -> RunningExporter.of(file, settings));
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    return running;
  }

  @AfterEach
  void stop() {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(log);
    if (running != null) {
      running.close();
    }
    assertThat(log.list)
        .as("nothing that a client does is worth a stack trace")
        .noneMatch(
            event ->
                event.getLevel().isGreaterOrEqual(Level.WARN) && event.getThrowableProxy() != null);
  }

  private static SSLContext client(@Nullable X509Bundle identity) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        identity == null ? new KeyManager[0] : identity.toKeyManagerFactory().getKeyManagers(),
        new TrustManager[] {certificates.authority().toTrustManager()},
        null);
    return context;
  }

  private static Socket socket(RunningExporter exporter) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), exporter.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static RawClient connect(
      RunningExporter exporter, SSLContext context, String... protocols) throws IOException {
    return new RawClient(handshake(exporter, context, protocols));
  }

  private static SSLSocket handshake(
      RunningExporter exporter, SSLContext context, String... protocols) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(socket(exporter), "localhost", exporter.port(), true);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    socket.startHandshake();
    return socket;
  }

  private static RawClient connect(RunningExporter exporter) throws Exception {
    return connect(exporter, client(null));
  }

  @ParameterizedTest
  @CsvSource({"epoll, TLSv1.3", "epoll, TLSv1.2", "nio, TLSv1.3"})
  void requestsAreAnsweredOverTls(String transport, String protocol) throws Exception {
    RunningExporter exporter = start("transport=" + transport);
    try (RawClient client = connect(exporter, client(null), protocol)) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      }
      client.send((RawClient.get("/-/healthy") + RawClient.get("/x")).repeat(1_000));
      for (int i = 0; i < 1_000; i++) {
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(client.read().status()).isEqualTo(404);
      }
      assertThat(client.sendGet("/metrics").read().body())
          .contains("websocket_exporter_http_connections 1.0");
    }
  }

  @Test
  void aRequestMayNameTheWholeUrl() throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = connect(exporter)) {
      assertThat(client.sendGet("https://exporter/-/healthy").read().body()).isEqualTo(HEALTHY);
      assertThat(client.sendGet("http://exporter/-/healthy").read().status()).isEqualTo(400);
    }
  }

  @Test
  void olderVersionsAreNotSpoken() throws Exception {
    RunningExporter exporter = start();
    assertThatThrownBy(() -> connect(exporter, client(null), "TLSv1.1"))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void theOwnWebSocketCanBeProbedOverTls() throws Exception {
    RunningExporter exporter = start();
    String target = "wss://localhost:" + exporter.port() + "/-/websocket";
    try (RawClient client = connect(exporter)) {
      assertThat(client.sendGet("/probe?target=" + target).read().body())
          .contains("probe_success 1.0", "probe_websocket_tls_verified 1.0");
    }
    try (RawClient client = connect(exporter)) {
      assertThat(client.upgrade().read().status()).isEqualTo(101);
      client.sendFrame(Peer.PING, "over TLS".getBytes(UTF_8));
      assertThat(client.readFrame().payload()).isEqualTo("over TLS");
      client.sendFrame(Peer.CLOSE, Peer.status(1000));
      assertThat(client.readFrame().closeCode()).isEqualTo(1000);
      assertThat(client.closedSilently()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "none,     none,    true",
    "none,     good,    true",
    "none,     strange, true",
    "optional, none,    true",
    "optional, good,    true",
    "optional, strange, false",
    "required, none,    false",
    "required, good,    true",
    "required, strange, false"
  })
  void whoseCertificateIsNotGoodIsTurnedAway(String clientAuth, String shown, boolean letIn)
      throws Exception {
    RunningExporter exporter =
        clientAuth.equals("none")
            ? start()
            : start(
                "web.tls.client-auth=" + clientAuth,
                "web.tls.client-ca-file=" + directory.resolve("ca.pem"));
    X509Bundle identity =
        switch (shown) {
          case "good" -> goodClient;
          case "strange" -> strangeClient;
          default -> null;
        };
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      if (letIn) {
        try (RawClient client = connect(exporter, client(identity), protocol)) {
          assertThat(client.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
        }
      } else {
        assertThatThrownBy(
                () -> {
                  try (RawClient client = connect(exporter, client(identity), protocol)) {
                    client.sendGet("/-/healthy").read();
                  }
                })
            .as("with TLS 1.3 a client is told behind its own handshake")
            .isInstanceOf(IOException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD", "POST /probe HTTP/1.0\r\n\r\n"})
  void whoSpeaksPlainHttpIsToldSo(String request) throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = exporter.connect()) {
      RawClient.Answer answer = client.send(request).read();

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo("TLS is spoken here: ask with https.\n");
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.closedSilently()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH", "GET"})
  void whoHangsUpAfterPlainBytesLeavesNothingBehind(String bytes) throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = exporter.connect()) {
      client.send(bytes);
    }
    awaitNoConnections(exporter);
  }

  @Test
  void bytesThatAreNothingAreNotAnsweredAsHttp() throws Exception {
    RunningExporter exporter = start();
    try (Socket client = socket(exporter)) {
      client.getOutputStream().write(new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
      byte[] answer = client.getInputStream().readAllBytes();
      assertThat(answer.length).as("at most an alert").isLessThan(10);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 100})
  void aHandshakeThatTakesTooLongIsCutOffByTheRequestTimeout(int bytes) throws Exception {
    RunningExporter exporter = start("web.request-timeout=200ms");
    byte[] hello = new byte[bytes];
    if (bytes > 0) {
      // The header of a record of 512 bytes, which never come.
      byte[] header = {22, 3, 1, 2, 0, 1};
      System.arraycopy(header, 0, hello, 0, Math.min(bytes, header.length));
    }
    try (Socket client = socket(exporter)) {
      client.getOutputStream().write(hello);
      assertThat(client.getInputStream().readAllBytes().length).isLessThan(10);
    }
  }

  @Test
  void aConnectionThatAsksForNothingIsCutOffAsWell() throws Exception {
    RunningExporter exporter = start("web.request-timeout=500ms");
    try (RawClient client = connect(exporter)) {
      assertThat(client.closedSilently()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aRefusalReachesAClientThatGoesOnSending(String protocol) throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = connect(exporter, client(null), protocol)) {
      client.send("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      client.send(new byte[1 << 20]);

      RawClient.Answer answer = client.read();
      assertThat(answer.status()).isEqualTo(414);
      assertThat(answer.body()).isEqualTo("The request line is too long.\n");
      assertThat(client.closedSilently()).isTrue();
    }
    awaitNoConnections(exporter);
  }

  @Test
  void theEndIsToldInTlsSoThatNobodyTakesItForACutAnswer() throws Exception {
    RunningExporter exporter = start();
    for (String request :
        List.of(
            RawClient.get("/-/healthy", "Connection: close"),
            RawClient.get("/-/healthy", "Connection: close") + RawClient.get("/"),
            "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: h\r\n\r\n" + "x".repeat(100_000))) {
      try (RecordedSocket raw = new RecordedSocket(exporter.port());
          SSLSocket tls =
              (SSLSocket)
                  client(null)
                      .getSocketFactory()
                      .createSocket(raw, "localhost", exporter.port(), false)) {
        tls.setEnabledProtocols(new String[] {"TLSv1.2"}); // Whose alerts can be told from outside.
        tls.getOutputStream().write(request.getBytes(UTF_8));
        assertThat(new String(tls.getInputStream().readAllBytes(), UTF_8)).startsWith("HTTP/1.1 ");

        assertThat(raw.lastRecordType()).as("an alert: close_notify").isEqualTo(21);
      }
    }
  }

  @Test
  void aThousandConnectionsAreServedAndHeld() throws Exception {
    RunningExporter exporter = start("web.request-timeout=1m");
    SSLContext context = client(null);
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 1_000; i++) {
        clients.add(connect(exporter, context));
      }
      for (int round = 0; round < 2; round++) {
        for (RawClient client : clients) {
          client.sendGet("/-/healthy");
        }
        for (RawClient client : clients) {
          assertThat(client.read().body()).isEqualTo(HEALTHY);
        }
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
    awaitNoConnections(exporter);
  }

  @Test
  void aConnectionWithoutAPlaceIsAnsweredOverTls() throws Exception {
    RunningExporter exporter = start("web.max-connections=1");
    try (RawClient first = connect(exporter);
        RawClient second = connect(exporter);
        RawClient third = connect(exporter)) {
      assertThat(first.sendGet("/").read().status()).isEqualTo(200);
      assertThat(second.sendGet("/").read().status()).isEqualTo(503);
      assertThat(second.closedSilently()).isTrue();
      assertThat(third.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      assertThat(third.closedSilently()).isTrue();
    }
  }

  @Test
  void drainingEndsIdleConnectionsInOrder() throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = connect(exporter);
        RawClient silent = exporter.connect()) {
      assertThat(client.sendGet("/-/healthy").read().status()).isEqualTo(200);
      exporter.exporter().drain();

      assertThat(client.closedSilently()).isTrue();
      silent.send(new byte[0]);
    }
  }

  @Test
  void aRenewedCertificateIsShownAfterAReload() throws Exception {
    RunningExporter exporter = start();
    X509Bundle renewed =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .buildIssuedBy(certificates.authority());
    try (RawClient before = connect(exporter)) {
      Files.writeString(certificates.chainPem(), renewed.getCertificatePathPEM());
      Files.writeString(certificates.keyPem(), renewed.getPrivateKeyPEM());
      assertThat(exporter.config().reload().get(20, TimeUnit.SECONDS)).isEmpty();

      try (SSLSocket after = handshake(exporter, client(null))) {
        assertThat(after.getSession().getPeerCertificates())
            .containsExactly(renewed.getCertificatePath());
      }
      assertThat(before.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
    }
  }

  /** What an operator changes so that those who were let in are not any more. */
  @ParameterizedTest
  @CsvSource({"plain, tls", "tls, plain", "tls, required", "required, of-others"})
  void aConnectionThatBeganOtherwiseIsClosedByAReloadAndServedNoMore(String before, String after)
      throws Exception {
    RunningExporter exporter = startOf(config(before));
    try (RawClient halfway = open(exporter, before);
        RawClient webSocket = open(exporter, before);
        RawClient idle = open(exporter, before)) {
      halfway.send("GET /config HTTP/1.1\r\n");
      assertThat(webSocket.upgrade().read().status()).isEqualTo(101);
      assertThat(idle.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);

      config(after);
      assertThat(exporter.config().reload().get(20, TimeUnit.SECONDS)).isEmpty();

      assertThat(idle.closedSilently()).isTrue();
      assertThat(webSocket.readFrame().closeCode()).isEqualTo(1001);
      halfway.send("Host: exporter\r\n\r\n");
      assertThat(halfway.closedSilently()).isTrue();
    }
  }

  @Test
  void whatIsBeingAnsweredDuringAReloadIsAnsweredAndThenItsConnectionIsClosed() throws Exception {
    CountDownLatch reloaded = new CountDownLatch(1);
    RunningExporter exporter = startOf(config("plain"));
    try (ScriptedServer target =
            ScriptedServer.start(
                peer -> {
                  reloaded.await();
                  peer.answerPings();
                });
        RawClient client = open(exporter, "plain")) {
      client.sendGet("/probe?target=" + target.ws("/"));
      await().until(() -> target.accepted() == 1);
      config("tls");
      assertThat(exporter.config().reload().get(20, TimeUnit.SECONDS)).isEmpty();
      reloaded.countDown();

      RawClient.Answer answer = client.read();
      assertThat(answer.body()).contains("probe_success 1.0");
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.closedSilently()).isTrue();
    }
  }

  @Test
  void aConnectionGoesOnThroughReloadsThatAreNotAboutIt() throws Exception {
    Path file = config("required");
    RunningExporter exporter = startOf(file);
    try (RawClient client = open(exporter, "required")) {
      assertThat(client.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      Files.writeString(
          file,
          "websocket-exporter { modules.new {}, web.open-paths = [/-/healthy] }",
          StandardOpenOption.APPEND);
      assertThat(exporter.config().reload().get(20, TimeUnit.SECONDS)).isEmpty();

      assertThat(client.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
    }
  }

  private static Path config(String way) throws IOException {
    String identity =
        "cert-file = \"%s\", key-file = \"%s\""
            .formatted(certificates.chainPem(), certificates.keyPem());
    String clients = identity + ", client-auth = required, client-ca-file = ";
    return Files.writeString(
        directory.resolve("exporter.conf"),
        "websocket-exporter.web.tls = "
            + switch (way) {
              case "plain" -> "null";
              case "tls" -> "{ " + identity + " }";
              case "required" -> "{ " + clients + "ca.pem }";
              default -> "{ " + clients + "other-ca.pem }";
            }
            + "\n");
  }

  private static RawClient open(RunningExporter exporter, String way) throws Exception {
    return way.equals("plain") ? exporter.connect() : connect(exporter, client(goodClient));
  }

  private static void awaitNoConnections(RunningExporter exporter) {
    await()
        .untilAsserted(
            () -> {
              try (RawClient client = connect(exporter)) {
                assertThat(client.sendGet("/metrics").read().body())
                    .contains("websocket_exporter_http_connections 1.0");
              }
            });
  }
}
