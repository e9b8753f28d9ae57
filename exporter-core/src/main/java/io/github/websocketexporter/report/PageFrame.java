package io.github.websocketexporter.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What all pages have in common. They have no script and take nothing from elsewhere, and all their
 * links are relative: they work behind whatever prefix a reverse proxy has for them.
 */
final class PageFrame {
  private static final String STYLE =
      """
      :root{color-scheme:light dark;--text:#1f2328;--page:#fff;--muted:#59636e;--line:#d1d9e0;\
      --soft:#f3f5f7;--good:#1a7f37;--bad:#c4262e;--accent:#0860ca}
      @media(prefers-color-scheme:dark){:root{--text:#e6edf3;--page:#0d1117;--muted:#9aa4ae;\
      --line:#3d444d;--soft:#1b222b;--good:#4cc261;--bad:#ff7b72;--accent:#6cb0ff}}
      *{box-sizing:border-box}
      body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--page);color:var(--text);\
      font:1rem/1.5 system-ui,sans-serif}
      header{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:baseline;\
      border-bottom:1px solid var(--line);padding-bottom:.5rem}
      header strong{margin-right:auto}
      h1{font-size:1.5rem;margin:1rem 0 .5rem;overflow-wrap:anywhere}
      h2{font-size:1.15rem;margin:1.75rem 0 .5rem}
      p{margin:.5rem 0}
      a{color:var(--accent)}
      :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
      form{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:1rem 0}
      label{display:block;font-weight:600}
      label.grow{flex:1 1 20rem}
      input,select,button{font:inherit;color:inherit;background:var(--soft);\
      border:1px solid var(--muted);border-radius:.35rem;padding:.4rem .6rem;min-height:2.75rem}
      input,select{display:block;width:100%;font-weight:400}
      button{background:var(--accent);border-color:var(--accent);color:var(--page);font-weight:600;\
      cursor:pointer}
      .scroll{overflow-x:auto}
      table{border-collapse:collapse;width:100%}
      th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;\
      border-bottom:1px solid var(--line)}
      th{font-weight:600}
      td.wide{width:60%;min-width:8rem}
      .number{text-align:right;font-variant-numeric:tabular-nums}
      td.number{white-space:nowrap}
      .target{overflow-wrap:anywhere}
      .good{color:var(--good);font-weight:600;white-space:nowrap}
      .bad{color:var(--bad);font-weight:600}
      .muted{color:var(--muted)}
      svg{display:block;width:100%;height:1.25rem}
      .track{fill:var(--soft)}
      .bar{fill:var(--accent)}
      .bar.failed{fill:var(--bad)}
      ol{padding-left:0;list-style:none;font-variant-numeric:tabular-nums}
      li{display:grid;grid-template-columns:8rem 1fr}
      li span{color:var(--muted)}
      .facts th{width:10rem}
      pre{overflow-x:auto;background:var(--soft);padding:.75rem;border-radius:.35rem;\
      font-size:.85rem;line-height:1.45}
      @media(max-width:40rem){.extra{display:none}table{font-size:.8rem}th,td{padding-right:.4rem}\
      .probes .target{min-width:5.5rem}.probes .number{padding-right:0}}
      """;

  private PageFrame() {}

  /** What a browser may do with a page: show it, and send its form back to where it is from. */
  static String contentSecurityPolicy() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(STYLE.getBytes(StandardCharsets.UTF_8));
      return "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
          .formatted(Base64.getEncoder().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /**
   * A whole page.
   *
   * @param title what it is, before the name of the exporter
   * @param root the way from the page to the exporter's root, such as {@code ../}
   * @param links to the other pages, from that root on
   * @param main what is on it
   */
  static String page(String title, String root, Html links, Html main) {
    return new Html()
        .add(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{} · websocket-exporter</title>
            <style>""",
            title)
        .add(STYLE)
        .add(
            """
            </style>
            </head>
            <body>
            <header><strong><a href="{}">websocket-exporter</a></strong>""",
            root)
        .add(links)
        .add("</header>\n<main>\n")
        .add(main)
        .add("</main>\n</body>\n</html>\n")
        .toString();
  }
}
