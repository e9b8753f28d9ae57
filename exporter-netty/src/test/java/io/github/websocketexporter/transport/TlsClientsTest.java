package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.module.TlsVersion;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TlsClientsTest {
  @SuppressWarnings("NullAway.Init")
  private TlsClients clients;

  @BeforeEach
  void open() throws Exception {
    clients = new TlsClients();
  }

  @AfterEach
  void close() {
    clients.close();
  }

  @Test
  void sharesAClientAmongSettingsThatAreEqual() throws Exception {
    clients.prepare(List.of(named("a.example"), named("b.example"), named("a.example")));

    assertThat(clients.get(named("a.example"))).isSameAs(clients.get(named("a.example")));
    assertThat(clients.get(named("a.example"))).isNotSameAs(clients.get(named("b.example")));
  }

  @Test
  void keepsTheClientsOfSettingsThatStay() throws Exception {
    clients.prepare(List.of(named("a.example"), named("b.example")));
    TlsClient before = clients.get(named("a.example"));

    clients.prepare(List.of(named("a.example"), named("c.example")));
    clients.retain(List.of(named("a.example"), named("c.example")));

    assertThat(clients.get(named("a.example"))).isSameAs(before);
    assertThatNullPointerException()
        .isThrownBy(() -> clients.get(named("b.example")))
        .withMessage("no TLS client is prepared for these settings");
  }

  @Test
  void addsNothingWhereTheLibraryCannotDoAllThatIsAsked() throws Exception {
    TlsSettings impossible = settings(null, List.of("TLS_NO_SUCH_SUITE"));

    assertThatThrownBy(() -> clients.prepare(List.of(named("a.example"), impossible)))
        .isInstanceOf(SSLException.class)
        .hasMessage("the TLS library does not have the cipher suite TLS_NO_SUCH_SUITE");
    assertThatNullPointerException().isThrownBy(() -> clients.get(named("a.example")));
  }

  private static TlsSettings named(String serverName) {
    return settings(serverName, List.of());
  }

  private static TlsSettings settings(@Nullable String serverName, List<String> ciphers) {
    return new TlsSettings(
        List.of(), null, serverName, false, TlsVersion.TLS12, TlsVersion.TLS13, ciphers);
  }
}
