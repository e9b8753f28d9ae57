package io.github.websocketexporter.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the block {@code web}. */
final class WebReader {
  private static final Predicate<String> PATH =
      Pattern.compile("/(?!-/|probes(?:/|$)|config$)[A-Za-z0-9/._~-]+").asMatchPredicate();

  private static final String FOLDERS = "(?:/[A-Za-z0-9._~-]+)*";

  private static final Predicate<String> ROUTE_PREFIX =
      Pattern.compile("/|" + FOLDERS + "/?").asMatchPredicate().and(text -> !text.isEmpty());

  private static final Pattern EXTERNAL_URL =
      Pattern.compile("https?://[A-Za-z0-9._~:\\[\\]-]+(" + FOLDERS + ")/?");

  private WebReader() {}

  static WebSettings read(Block web) throws InvalidConfigException {
    List<ListenAddress> listenAddresses = new ArrayList<>();
    for (String text :
        web.texts(
            "listen-addresses",
            address -> AddressReader.read(address, 0) != null,
            "an address such as \":9095\", \"127.0.0.1:9095\" or \"[::1]:9095\"")) {
      listenAddresses.add(AddressReader.read(text, 0));
    }
    if (listenAddresses.isEmpty()) {
      throw web.error("listen-addresses", "expected at least one address, but found none");
    }
    String paths = "a path such as /probe, not / itself, /config or /probes, and not below /-/";
    String telemetryPath = web.text("telemetry-path", PATH, paths);
    String probePath = web.text("probe-path", PATH, paths);
    if (telemetryPath.equals(probePath)) {
      boolean telemetryIsNew = web.isDefault("probe-path");
      throw web.error(
          telemetryIsNew ? "telemetry-path" : "probe-path",
          "expected another path than that of %s, but found \"%s\""
              .formatted(telemetryIsNew ? "probe-path" : "telemetry-path", probePath));
    }
    return new WebSettings(
        List.copyOf(listenAddresses),
        routePrefix(web),
        telemetryPath,
        probePath,
        web.flag("enable-lifecycle"),
        web.integer("max-connections", 1, 1_000_000),
        web.integer("max-request-line", 256, 1_048_576),
        web.integer("max-header-size", 1024, 1_048_576),
        web.duration("request-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
        web.duration("idle-timeout", Duration.ofMillis(100), Duration.ofDays(1)),
        web.duration("shutdown-delay", Duration.ZERO, Duration.ofHours(1)),
        ProtectionReader.read(web));
  }

  /** As Prometheus has it: that of the external URL, where there is none of its own. */
  private static String routePrefix(Block web) throws InvalidConfigException {
    String external = "";
    if (web.has("external-url")) {
      String url =
          web.text(
              "external-url",
              EXTERNAL_URL.asMatchPredicate(),
              "a URL such as https://example.com/websocket/, without a query");
      Matcher parts = EXTERNAL_URL.matcher(url);
      external = parts.matches() ? parts.group(1) : "";
    }
    if (!web.has("route-prefix")) {
      return external;
    }
    String prefix = web.text("route-prefix", ROUTE_PREFIX, "a path such as /websocket, or /");
    return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }
}
