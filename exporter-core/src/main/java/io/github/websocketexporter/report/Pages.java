package io.github.websocketexporter.report;

import io.github.websocketexporter.config.ExporterConfig;

/**
 * The pages for people: the one with a form and the last probes, and one for each of these. HTML
 * without scripts, in which all that is not of the exporter itself is escaped. Immutable.
 */
public final class Pages {
  /** Where the pages of single probes are, from the root on. */
  public static final String PROBES = "probes/";

  /** The value of the header field Content-Security-Policy that goes with each page. */
  public static final String CONTENT_SECURITY_POLICY = PageFrame.contentSecurityPolicy();

  private final String version;
  private final String probePath;
  private final String telemetryPath;

  /**
   * Pages of an exporter.
   *
   * @param version of the exporter
   * @param probePath where it probes, with a slash before it
   * @param telemetryPath where its own metrics are, with a slash before it
   */
  public Pages(String version, String probePath, String telemetryPath) {
    this.version = version;
    this.probePath = fromRoot(probePath);
    this.telemetryPath = fromRoot(telemetryPath);
  }

  private static String fromRoot(String path) {
    return path.substring(1);
  }

  /**
   * The way from {@code path} to the root, for links that work behind any prefix: {@code ./}, or as
   * often {@code ../} as there are folders.
   */
  public static String rootFrom(String path) {
    long folders = path.chars().filter(c -> c == '/').count() - 1;
    return folders == 0 ? "./" : "../".repeat((int) folders);
  }

  /** The page with a form, the last probes and the last failures. */
  public String home(ExporterConfig config, History history) {
    String root = "./";
    return PageFrame.page(
        "Probes", root, links(root), HomePage.of(version, probePath, config, history));
  }

  /** The page of one probe. */
  public String probe(RecentProbe probe) {
    String root = rootFrom("/" + PROBES);
    String target = probe.result().request().target().toString();
    return PageFrame.page(target, root, links(root), ProbePage.of(probe));
  }

  private Html links(String root) {
    return new Html()
        .add(
            """
            <nav aria-label="Pages"><a href="{}">Metrics of the exporter</a> · \
            <a href="{}">Configuration</a> · <a href="{}">Ready</a></nav>""",
            root + telemetryPath,
            root + "config",
            root + "-/ready");
  }
}
