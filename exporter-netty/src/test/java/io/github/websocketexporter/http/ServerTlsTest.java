package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.websocketexporter.config.ClientAuth;
import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ServerTlsSettings;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.config.WebProtection;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.module.TlsIdentity;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that begins to speak TLS, or another one, while it runs; by either library. */
@Timeout(30)
class ServerTlsTest {
  private static final int MEBIBYTE = 1 << 20;

  private static X509Bundle authority;

  private final Transport transport = Transport.select(TransportKind.AUTO, ClockKind.LOOP);
  private final EventLoopGroup loops = transport.newEventLoops(1);
  private HttpServer server;
  private InetSocketAddress address;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority =
        new CertificateBuilder()
            .subject("CN=Authority of a test")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  @BeforeEach
  void start() throws Exception {
    BuildInfo build = new BuildInfo("1", "a");
    server =
        new HttpServer(
            LiveConfig.of(
                ConfigLoader.parse(
                        null,
                        new ConfigLoader.Flags()
                            .set("test", "web.listen-addresses", List.of("127.0.0.1:0")))
                    .read()),
            build,
            new ExporterMetrics(build),
            loops,
            transport,
            loop -> {
              throw new IllegalStateException("nothing is probed here");
            });
    address = server.start().get(0);
  }

  @AfterEach
  void stop() {
    server.close();
    loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
  }

  private static X509Bundle issue(String name) throws Exception {
    return new CertificateBuilder().subject("CN=" + name).buildIssuedBy(authority);
  }

  private static ServerTlsSettings settings(X509Bundle identity, ClientAuth clientAuth) {
    return new ServerTlsSettings(
        new TlsIdentity(identity.getCertificatePathList(), identity.getKeyPair().getPrivate()),
        clientAuth,
        clientAuth == ClientAuth.NONE ? List.of() : List.of(authority.getCertificate()));
  }

  private static Protection protection(ServerTlsSettings settings, SslProvider provider)
      throws IOException {
    return new Protection(
        new WebProtection(settings, Map.of(), Set.of()),
        new ServerTls(settings, provider),
        new Users(Map.of()));
  }

  private SSLSocket connect(@Nullable X509Bundle identity, String... protocols) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        identity == null ? new KeyManager[0] : identity.toKeyManagerFactory().getKeyManagers(),
        new TrustManager[] {authority.toTrustManager()},
        null);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    socket.setSoTimeout(20_000);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    return socket;
  }

  private static String ask(SSLSocket socket, String request) throws IOException {
    socket.getOutputStream().write((request + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(US_ASCII));
    byte[] bytes = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    return new String(bytes, US_ASCII);
  }

  private static String subject(SSLSocket socket) throws IOException {
    return socket.getSession().getPeerPrincipal().getName();
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void aNewCertificateIsShownToNewConnectionsAndOldOnesGoOn(SslProvider provider) throws Exception {
    server.protectBy(protection(settings(issue("old"), ClientAuth.NONE), provider));
    try (SSLSocket before = connect(null)) {
      assertThat(ask(before, "HEAD /-/healthy")).isEqualTo("HTTP/1.1 200");

      server.protectBy(protection(settings(issue("new"), ClientAuth.NONE), provider));
      System.gc(); // Which frees what nothing holds any more.
      try (SSLSocket after = connect(null)) {
        assertThat(ask(after, "HEAD /-/healthy")).isEqualTo("HTTP/1.1 200");
        assertThat(subject(after)).isEqualTo("CN=new");
      }
      assertThat(subject(before)).isEqualTo("CN=old");
      before.getInputStream().skipNBytes(before.getInputStream().available());
      before
          .getOutputStream()
          .write(
              "GET /-/healthy HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      assertThat(new String(before.getInputStream().readAllBytes(), US_ASCII))
          .endsWith("Healthy.\n");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void clientsWithoutACertificateAreTurnedAwayByEitherLibrary(SslProvider provider)
      throws Exception {
    server.protectBy(protection(settings(issue("server"), ClientAuth.REQUIRED), provider));
    X509Bundle client = issue("client");
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      try (SSLSocket with = connect(client, protocol)) {
        assertThat(ask(with, "HEAD /-/healthy")).isEqualTo("HTTP/1.1 200");
      }
      try (SSLSocket without = connect(null, protocol)) {
        assertThatThrownBy(() -> ask(without, "HEAD /-/healthy")).isInstanceOf(IOException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void aRefusalReachesAClientThatGoesOnSendingByEitherLibrary(SslProvider provider)
      throws Exception {
    server.protectBy(protection(settings(issue("server"), ClientAuth.NONE), provider));
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      try (SSLSocket client = connect(null, protocol)) {
        assertThat(ask(client, "GET /" + "x".repeat(20_000))).isEqualTo("HTTP/1.1 414");
        client.getOutputStream().write(new byte[MEBIBYTE]);

        assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
            .endsWith("The request line is too long.\n");
      }
    }
  }
}
