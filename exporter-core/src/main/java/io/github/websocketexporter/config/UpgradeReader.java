package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.UpgradeSettings;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a module says of the upgrade request and its answer. */
final class UpgradeReader {
  private static final Pattern ORIGIN = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://(.*)");
  private static final Predicate<String> PRINTABLE =
      Pattern.compile("[!-~]|[!-~][ -~]{0,8190}[!-~]").asMatchPredicate();
  private static final int MOST = 599;
  private static final int FIRST_FINAL = 200;

  private UpgradeReader() {}

  static UpgradeSettings read(Block module) throws InvalidConfigException {
    Authorization authorization = AuthorizationReader.read(module);
    List<String> subprotocols = subprotocols(module);
    return new UpgradeSettings(
        text(
            module,
            "host",
            UpgradeReader::isHost,
            "a host such as example.com, example.com:8443 or [::1]:8443"),
        text(
            module,
            "origin",
            UpgradeReader::isOrigin,
            "an origin such as https://example.com, without a path"),
        text(module, "user-agent", PRINTABLE, "1 to 8192 printable ASCII characters"),
        HeadersReader.read(module, authorization),
        authorization,
        subprotocols,
        module.has("expect-subprotocol")
            ? module.unquoted("expect-subprotocol", subprotocols::contains, "one of subprotocols")
            : null,
        expectedStatus(module),
        module.flag("compression"));
  }

  private static @Nullable String text(
      Block module, String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    return module.has(key) ? module.text(key, valid, expected) : null;
  }

  /** With a port or without one. */
  private static boolean isHost(String text) {
    boolean hasPort = text.lastIndexOf(':') > text.lastIndexOf(']');
    ListenAddress address = AddressReader.read(hasPort ? text : text + ":80", 1);
    return address != null && address.host() != null;
  }

  private static boolean isOrigin(String text) {
    Matcher origin = ORIGIN.matcher(text);
    return text.equals("null") || (origin.matches() && isHost(origin.group(1)));
  }

  /** Not quoted in errors: a service may take a token in place of a name. */
  private static List<String> subprotocols(Block module) throws InvalidConfigException {
    String expected =
        "the name of a subprotocol such as graphql-transport-ws, which is not there already";
    List<String> names = module.texts("subprotocols", name -> true, expected);
    if (!names.stream().allMatch(FieldSyntax::isToken)
        || new HashSet<>(names).size() < names.size()) {
      throw module.error("subprotocols", "expected " + expected + ", but found something else");
    }
    return names;
  }

  private static int expectedStatus(Block module) throws InvalidConfigException {
    int status = module.integer("expect-status", UpgradeSettings.SWITCHING_PROTOCOLS, MOST);
    if (status != UpgradeSettings.SWITCHING_PROTOCOLS && status < FIRST_FINAL) {
      throw module.error(
          "expect-status",
          "expected 101 or a status of 200 and above, but found %d, which ends no upgrade"
              .formatted(status));
    }
    return status;
  }
}
