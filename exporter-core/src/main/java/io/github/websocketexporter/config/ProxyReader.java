package io.github.websocketexporter.config;

import io.github.websocketexporter.module.LiteralAddress;
import io.github.websocketexporter.module.NoProxy;
import io.github.websocketexporter.module.ProxySettings;
import io.github.websocketexporter.module.ProxySettings.Credentials;
import io.github.websocketexporter.module.ProxySettings.Protocol;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code proxy} of a module. */
final class ProxyReader {
  private static final Pattern URL =
      Pattern.compile("(?<protocol>http|socks5h?)://(?<address>[^/]*)/?");

  /** The most that SOCKS can carry (RFC 1929, section 2). */
  private static final int MOST_BYTES = 255;

  /** Where a proxy is and how it is spoken to. */
  private record Location(Protocol protocol, InetSocketAddress address) {}

  private ProxyReader() {}

  /** Reads the block; null if there is none. */
  static @Nullable ProxySettings read(Block module) throws InvalidConfigException {
    if (!module.has("proxy")) {
      return null;
    }
    Block proxy = module.block("proxy");
    Location location = location(proxy);
    ProxySettings settings =
        new ProxySettings(
            location.protocol(),
            location.address(),
            credentials(proxy, location.protocol()),
            noProxy(proxy));
    proxy.close();
    return settings;
  }

  private static Location location(Block proxy) throws InvalidConfigException {
    String expected =
        "the URL of a proxy with its port, such as http://proxy.example:3128,"
            + " socks5://proxy.example:1080 or socks5h://proxy.example:1080";
    String url =
        proxy.unquoted("url", text -> hasUserInfo(text) || location(text) != null, expected);
    Location location = location(url);
    if (location == null) {
      throw proxy.error(
          "url",
          "expected a URL without user info, which belongs in username and password"
              + " (or password-file), but found one with it");
    }
    return location;
  }

  private static boolean hasUserInfo(String url) {
    return url.indexOf('@') >= 0;
  }

  /** Where the proxy is that {@code url} names; null if it names none, or has more in it. */
  private static @Nullable Location location(String url) {
    Matcher matcher = URL.matcher(url);
    ListenAddress address =
        matcher.matches() ? AddressReader.read(matcher.group("address"), 1) : null;
    String host = address == null ? null : address.host();
    if (address == null || host == null) {
      return null;
    }
    return new Location(
        Protocol.valueOf(matcher.group("protocol").toUpperCase(Locale.ROOT)),
        LiteralAddress.ip4(host)
            .or(() -> LiteralAddress.ip6(host))
            .map(literal -> new InetSocketAddress(literal, address.port()))
            .orElseGet(() -> InetSocketAddress.createUnresolved(host, address.port())));
  }

  private static @Nullable Credentials credentials(Block proxy, Protocol protocol)
      throws InvalidConfigException {
    boolean username = proxy.has("username");
    boolean password = proxy.has("password");
    boolean passwordFile = proxy.has("password-file");
    if (!username && !password && !passwordFile) {
      return null;
    }
    return new Credentials(
        protocol == Protocol.HTTP
            ? proxy.secret(
                "username",
                text -> isSendable(text) && text.indexOf(':') < 0,
                "a user name of 1 to 255 bytes, without colons and control characters")
            : proxy.secret(
                "username",
                ProxyReader::isSendable,
                "a user name of 1 to 255 bytes, without control characters"),
        proxy.secretOrFile(
            "password",
            ProxyReader::isSendable,
            "a password of 1 to 255 bytes, without control characters"));
  }

  private static boolean isSendable(String text) {
    return !text.isEmpty()
        && text.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES
        && text.chars().noneMatch(Character::isISOControl);
  }

  private static NoProxy noProxy(Block proxy) throws InvalidConfigException {
    if (!proxy.has("no-proxy")) {
      return NoProxy.NOTHING;
    }
    return NoProxy.of(
        proxy.texts(
            "no-proxy",
            NoProxy::isEntry,
            "a name, a .suffix, an address, a network such as 10.0.0.0/8, or *"));
  }
}
