package io.github.websocketexporter.integration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes that no scraper sends, and what they are worth.
 *
 * @param what is wrong with them
 * @param text the bytes, as ISO 8859-1
 * @param status of the answer
 * @param last whether the connection ends with that: where it cannot be told what the next bytes
 *     are, whatever follows must not be taken for a request
 */
record HostileRequest(String what, String text, int status, boolean last) {
  private static final String LINE = "GET /-/healthy HTTP/1.1";
  private static final String HOST = "Host: exporter";
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final int LONG = 100 * 1_024;

  @Override
  public String toString() {
    return what + ": " + status + (last ? " and the end" : "");
  }

  /** All of them. */
  static List<HostileRequest> all() {
    List<HostileRequest> all = new ArrayList<>();
    all.addAll(framing());
    all.addAll(chunks());
    all.addAll(lines());
    all.addAll(fields());
    all.addAll(versions());
    all.addAll(targets());
    all.addAll(methods());
    all.addAll(expectations());
    all.addAll(tooMuch());
    return all;
  }

  /** Where a body ends: what request smuggling is made of (RFC 9112, section 6.3). */
  private static List<HostileRequest> framing() {
    String hidden = "0\r\n\r\nGET /-/hidden HTTP/1.1\r\nHost: exporter\r\n\r\n";
    return List.of(
        refused("a length beside chunks", with(CHUNKED, "Content-Length: 5") + hidden),
        refused("chunks beside a length", with("Content-Length: 5", CHUNKED) + hidden),
        refused("chunks for HTTP/1.0", old(CHUNKED) + hidden),
        refused("chunks twice", with(CHUNKED, CHUNKED) + hidden),
        refused("chunks, then none", with(CHUNKED, "Transfer-Encoding: identity") + hidden),
        refused("chunks, then another coding", with(CHUNKED + ", identity") + hidden),
        refused("no coding", with("Transfer-Encoding:") + hidden),
        refused("identity", with("Transfer-Encoding: identity") + hidden),
        refused("another coding", with("Transfer-Encoding: xchunked") + hidden),
        refused("a coding in quotes", with("Transfer-Encoding: \"chunked\"") + hidden),
        refused("a coding with a parameter", with(CHUNKED + ";q=1") + hidden),
        refused("a coding behind a vertical tab", with("Transfer-Encoding: \u000bchunked")),
        refused("a space before a coding's colon", with("Transfer-Encoding : chunked") + hidden),
        refused("a coding on a line of its own", with("Transfer-Encoding:", " chunked") + hidden),
        kept(
            200,
            "another coding below the chunks",
            with("Transfer-Encoding: gzip, chunked") + end()),
        kept(200, "chunks in capitals", with("TRANSFER-ENCODING: CHUNKED") + end()),
        refused("two lengths", with("Content-Length: 0", "Content-Length: 5") + "hello"),
        refused("the same length twice", with("Content-Length: 5", "Content-Length: 5") + "hello"),
        refused("a list of lengths", with("Content-Length: 5, 5") + "hello"),
        refused("a length with a plus", with("Content-Length: +5") + "hello"),
        refused("a length with a minus", with("Content-Length: -5") + "hello"),
        refused("a length of minus zero", with("Content-Length: -0")),
        refused("a length with a space", with("Content-Length: 5 0") + "hello"),
        refused("a length in hexadecimal", with("Content-Length: 0x5") + "hello"),
        refused("a length with a fraction", with("Content-Length: 5.0") + "hello"),
        refused("a length in other digits", with("Content-Length: \u00d9\u00a5") + "hello"),
        refused("no length", with("Content-Length:")),
        refused("a length beyond 64 bits", with("Content-Length: 18446744073709551621") + "hello"),
        refused("a space before a length's colon", with("Content-Length : 5") + "hello"),
        kept(200, "a length with zeros before it", with("Content-Length: 005") + "hello"),
        kept(
            200,
            "a body that looks like a request",
            with("Content-Length: " + get("/-/hidden").length()) + get("/-/hidden")));
  }

  private static List<HostileRequest> chunks() {
    return List.of(
        badChunks("a chunk of a negative size", "-1\r\n\r\n"),
        badChunks("a chunk's size with a plus", "+0\r\n\r\n"),
        badChunks("a chunk's size with 0x", "0x0\r\n\r\n"),
        badChunks("a space before a chunk's size", " 0\r\n\r\n"),
        badChunks("a space behind a chunk's size", "0 \r\n\r\n"),
        badChunks("a chunk's size that is none", "g\r\n\r\n"),
        badChunks("a chunk without a size", "\r\n\r\n"),
        badChunks("a chunk's size beyond 31 bits", "80000000\r\n"),
        badChunks("a chunk's size beyond 32 bits", "100000000\r\n\r\n"),
        badChunks("a chunk's size beyond 64 bits", "10000000000000000\r\n\r\n"),
        badChunks("a chunk that is longer than its size", "1\r\nxx\r\n0\r\n\r\n"),
        badChunks("a chunk without its end", "1\r\nx0\r\n\r\n"),
        badChunks("a bare LF behind a chunk's size", "1\nx\r\n0\r\n\r\n"),
        badChunks("a bare LF behind a chunk", "1\r\nx\n0\r\n\r\n"),
        badChunks("a bare CR in an extension", "0;a\rb\r\n\r\n"),
        badChunks("a bare LF in an extension", "1;a\nx\r\n0\r\n\r\n"),
        badChunks("a line break in a quoted extension", "1;a=\"\r\nx\r\n0\r\n\r\n"),
        badChunks("a trailer with a space in its name", "0\r\nX Y: z\r\n\r\n"),
        badChunks("a trailer that is a request line", "0\r\nGET /-/hidden HTTP/1.1\r\n\r\n"),
        badChunks("a bare LF in a trailer", "0\r\nX: y\n\r\n"),
        kept(200, "an extension", with(CHUNKED) + "1;a=\"b\"\r\nx\r\n0;c\r\n\r\n"),
        kept(200, "a trailer", with(CHUNKED) + "0\r\nX: y\r\n\r\n"),
        kept(
            200,
            "a trailer that names a length",
            with(CHUNKED) + "0\r\nContent-Length: 9\r\n\r\n"));
  }

  private static List<HostileRequest> lines() {
    return List.of(
        refused("bare LFs", LINE + "\n" + HOST + "\n\n"),
        refused("a bare LF behind the request line", LINE + "\n" + HOST + "\r\n\r\n"),
        refused("a bare LF behind a field", LINE + "\r\n" + HOST + "\n\r\n"),
        refused("a bare LF at the end", LINE + "\r\n" + HOST + "\r\n\n"),
        refused("bare CRs", LINE + "\r" + HOST + "\r\r"),
        refused("a bare CR between fields", LINE + "\r\n" + HOST + "\rX: y\r\n\r\n"),
        refused("two CRs", LINE + "\r\r\n" + HOST + "\r\n\r\n"),
        refused("a NUL before the method", "\u0000" + with()),
        refused("a space behind the version", LINE + " \r\n" + HOST + "\r\n\r\n"),
        refused("a word behind the version", LINE + " x\r\n" + HOST + "\r\n\r\n"),
        refused("no target", "GET  HTTP/1.1\r\n" + HOST + "\r\n\r\n"),
        refused("no words", "\u0001\u0002\u0003\r\n\r\n"),
        refused(
            "TLS", "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003\r\n\r\n"),
        kept(200, "an empty line before the request", "\r\n" + with()),
        kept(200, "ten thousand empty lines before it", "\r\n".repeat(10_000) + with()));
  }

  private static List<HostileRequest> fields() {
    return List.of(
        refused("no Host", LINE + "\r\n\r\n"),
        refused("two Hosts", with(HOST)),
        refused("Host on a line of its own", LINE + "\r\nHost:\r\n exporter\r\n\r\n"),
        refused("a list of Hosts", LINE + "\r\nHost: exporter, other\r\n\r\n"),
        refused("a Host with a user", LINE + "\r\nHost: user@exporter\r\n\r\n"),
        refused("a Host with a path", LINE + "\r\nHost: exporter/x\r\n\r\n"),
        refused("a Host with a NUL", LINE + "\r\nHost: exporter\u0000\r\n\r\n"),
        refused("a space before a colon", with("X : y")),
        refused("a field without a colon", with("X")),
        refused("a field without a name", with(": y")),
        refused("a folded first field", LINE + "\r\n " + HOST + "\r\n\r\n"),
        refused("a control in a name", with("X\u0001: y")),
        refused("a name that is not ASCII", with("X\u00c3\u00bc: y")),
        refused("a bracket in a name", with("X(: y")),
        refused("a NUL in a value", with("X: a\u0000b")),
        refused("a bare CR in a value", with("X: a\rb")),
        refused("a control in a value", with("X: a\u000bb")),
        refused("a DEL in a value", with("X: a\u007fb")),
        refused("the keys of Hixie 76", with("Sec-WebSocket-Key1: a", "Sec-WebSocket-Key2: b")),
        kept(200, "a folded field", with("X: a", "\tb")),
        kept(200, "a value that is not ASCII", with("X: \u00ff")),
        kept(200, "credentials that are none", with("Authorization: Basic \u00ff")));
  }

  private static List<HostileRequest> versions() {
    return List.of(
        refused("HTTP/0.9 without its name", "GET /-/healthy\r\n\r\n"),
        refused(505, "HTTP/0.9", of("GET /-/healthy HTTP/0.9")),
        refused(505, "HTTP/2.0", of("GET /-/healthy HTTP/2.0")),
        refused(505, "HTTP/3.0", of("GET /-/healthy HTTP/3.0")),
        refused(505, "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        refused("HTTP/11.1", of("GET /-/healthy HTTP/11.1")),
        refused("HTTP/1.10", of("GET /-/healthy HTTP/1.10")),
        refused("HTTP/1", of("GET /-/healthy HTTP/1")),
        refused("HTTP/1.", of("GET /-/healthy HTTP/1.")),
        refused("HTTP/-1.1", of("GET /-/healthy HTTP/-1.1")),
        refused("another protocol", of("GET /-/healthy RTSP/1.0")),
        kept(200, "HTTP/1.2", of("GET /-/healthy HTTP/1.2")),
        kept(
            200,
            "an upgrade to HTTP/2",
            with(
                "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")),
        kept(
            200,
            "an upgrade where there is no WebSocket",
            with("Connection: Upgrade", "Upgrade: websocket")));
  }

  private static List<HostileRequest> targets() {
    return List.of(
        badTarget("an asterisk", "*"),
        badTarget("a host and port", "exporter:9095"),
        badTarget("a relative path", "-/healthy"),
        badTarget("another host", "http://other/-/healthy"),
        badTarget("this host with a user", "http://user@exporter/-/healthy"),
        badTarget("this host with an ending", "http://exporter.other/-/healthy"),
        badTarget("another scheme", "ws://exporter/-/healthy"),
        badTarget("a percent alone", "/%"),
        badTarget("half a percent", "/%2"),
        badTarget("a percent of no digits", "/?target=%zz"),
        badTarget("a percent with a plus", "/%+1"),
        badTarget("an overlong slash", "/-%c0%afhealthy"),
        badTarget("an overlong slash of three bytes", "/-%e0%80%afhealthy"),
        badTarget("a surrogate", "/probe?target=%ed%a0%80"),
        badTarget("beyond Unicode", "/%f5%80%80%80"),
        badTarget("half a character", "/%c3"),
        badTarget("a continuation alone", "/%80"),
        badTarget("UTF-8 that is not encoded", "/\u00c3\u00bc"),
        badTarget("a NUL", "/\u0000"),
        badTarget("a fragment", "/-/healthy#x"),
        badTarget("a backslash first", "\\-\\healthy"),
        refused("a space", of("GET /-/healthy /x HTTP/1.1")),
        kept(200, "this host", get("http://exporter/-/healthy")),
        kept(404, "an encoded NUL", get("/%00")),
        kept(404, "a way up", get("/x/../-/healthy")),
        kept(404, "an encoded way up", get("/x/%2e%2e/-/healthy")),
        kept(404, "an encoded slash", get("/-%2fhealthy")),
        kept(404, "two slashes", get("//-/healthy")),
        kept(400, "a target with a NUL", get("/probe?target=ws%3a%2f%2fa%00b%2f")),
        kept(400, "a target with a line break", get("/probe?target=ws%3a%2f%2fa%2f%0d%0aX%3a%20y")),
        kept(400, "two targets", get("/probe?target=ws://a/&target=ws://b/")),
        kept(400, "a thousand parameters", get("/probe?" + "a=b&".repeat(1_000))));
  }

  private static List<HostileRequest> methods() {
    return List.of(
        refused("CONNECT", of("CONNECT exporter:80 HTTP/1.1")),
        refused("OPTIONS of all", of("OPTIONS * HTTP/1.1")),
        refused("a method with an at sign", of("G@T /-/healthy HTTP/1.1")),
        refused("a method with a control", of("G\u0001T /-/healthy HTTP/1.1")),
        refused("a method that is not ASCII", of("G\u00c3T /-/healthy HTTP/1.1")),
        kept(405, "a method in lower case", of("get /-/healthy HTTP/1.1")),
        kept(405, "OPTIONS", of("OPTIONS /-/healthy HTTP/1.1")),
        kept(405, "TRACE", of("TRACE /-/healthy HTTP/1.1")),
        kept(405, "CONNECT to a path", of("CONNECT /-/healthy HTTP/1.1")),
        kept(405, "a method of one's own", of("BREW /-/healthy HTTP/1.1")),
        kept(405, "POST of a probe", of("POST /probe?target=ws://a/ HTTP/1.1")));
  }

  private static List<HostileRequest> expectations() {
    return List.of(
        refused(
            413, "to be let send too much", with("Expect: 100-continue", "Content-Length: 99999")),
        kept(
            200,
            "to be let send, of HTTP/1.0",
            old("Expect: 100-continue", "Connection: keep-alive")),
        kept(200, "what nobody knows", with("Expect: 200-ok")),
        kept(
            400,
            "an answer by yesterday",
            get("/probe?target=ws://a/", "X-Prometheus-Scrape-Timeout-Seconds: -1")),
        kept(
            400,
            "an answer at some time",
            get("/probe?target=ws://a/", "X-Prometheus-Scrape-Timeout-Seconds: nan")),
        kept(
            400,
            "an answer never",
            get("/probe?target=ws://a/", "X-Prometheus-Scrape-Timeout-Seconds: 1e999")));
  }

  private static List<HostileRequest> tooMuch() {
    return List.of(
        refused(414, "a line of 100 KiB", get("/" + "x".repeat(LONG))),
        refused(414, "a line of 100 KiB without an end", "x".repeat(LONG)),
        refused(414, "a method of 100 KiB", of("G".repeat(LONG) + " / HTTP/1.1")),
        refused(431, "10,000 fields", with("X: y\r\n".repeat(9_999) + "X: y")),
        refused(431, "a value of 100 KiB", with("X: " + "x".repeat(LONG))),
        refused(431, "a name of 100 KiB", with("x".repeat(LONG) + ": y")),
        refused(431, "a folded field of 100 KiB", with("X: y" + "\r\n y".repeat(LONG / 4))),
        refused(
            431, "10,000 trailers", with(CHUNKED) + "0\r\n" + "X: y\r\n".repeat(10_000) + "\r\n"),
        refused(
            414, "an extension of 100 KiB", with(CHUNKED) + "0;" + "x".repeat(LONG) + "\r\n\r\n"),
        refused(413, "a body of 100 KiB", with("Content-Length: " + LONG) + "x".repeat(LONG)),
        refused(
            413,
            "a body that is said to be of an exabyte",
            with("Content-Length: 1000000000000000000")),
        refused(413, "20,000 chunks", with(CHUNKED) + "4\r\nxxxx\r\n".repeat(20_000) + "0\r\n\r\n"),
        kept(200, "4,000 fields without a value", with("x:\r\n".repeat(3_999) + "x:")));
  }

  private static HostileRequest refused(String what, String text) {
    return refused(400, what, text);
  }

  private static HostileRequest refused(int status, String what, String text) {
    return new HostileRequest(what, text, status, true);
  }

  private static HostileRequest kept(int status, String what, String text) {
    return new HostileRequest(what, text, status, false);
  }

  private static HostileRequest badChunks(String what, String chunks) {
    return refused(what, with(CHUNKED) + chunks);
  }

  private static HostileRequest badTarget(String what, String target) {
    return refused("as a request target " + what, get(target));
  }

  private static String end() {
    return "0\r\n\r\n";
  }

  private static String with(String... fields) {
    return of(LINE, fields);
  }

  private static String old(String... fields) {
    return of("GET /-/healthy HTTP/1.0", fields);
  }

  static String get(String target, String... fields) {
    return of("GET " + target + " HTTP/1.1", fields);
  }

  private static String of(String line, String... fields) {
    StringBuilder text = new StringBuilder(line).append("\r\n").append(HOST).append("\r\n");
    Arrays.stream(fields).forEach(field -> text.append(field).append("\r\n"));
    return text.append("\r\n").toString();
  }
}
