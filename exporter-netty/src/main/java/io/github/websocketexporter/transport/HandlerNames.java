package io.github.websocketexporter.transport;

/**
 * The names of the handlers in the exporter's pipelines, and the order in which they stand: bytes
 * from the socket come in at the left.
 *
 * <p>A probe. A proxy's handlers, of which only SOCKS has an encoder, TLS and the handlers behind
 * it come only when the step before them has succeeded; the HTTP codec goes right after the 101 is
 * parsed, and Netty's handshaker puts the frame codec in its place:
 *
 * <pre>
 *   connect:  arrival                                                                    guard
 *   proxy:    arrival  proxy-encoder  proxy-decoder  proxy                               guard
 *   tls:      arrival  tls                                                               guard
 *   upgrade:  arrival  tls  tls-errors  http  upgrade                                    guard
 *   ping:     arrival  tls  tls-errors  ws-encoder  ws-decoder  utf8  close  pong  ping  guard
 *   close:    arrival  tls  tls-errors  ws-encoder  ws-decoder        close              guard
 * </pre>
 *
 * <p>Where compression was agreed on, {@code inflate} and {@code deflate} stand behind {@code
 * ws-decoder}: what checks and reads messages sees them as they were written.
 *
 * <p>While messages are exchanged, {@code messages} stands in the place of {@code ping}, and {@code
 * fragments} before {@code close}, which answers a message that is too large. Where the connection
 * is held, nothing stands in the place of {@code ping}: what takes that of {@code guard} sends
 * PINGs, or messages with {@code fragments} before {@code close}.
 *
 * <p>The HTTP server: a listening socket (before Netty's own acceptor), a connection, and what that
 * becomes when it upgrades to the exporter's own WebSocket; {@code tls} stands before each of these
 * where the server speaks TLS, and {@code plain-http} before that until the first byte has come:
 *
 * <pre>
 *   listening:  accept
 *   accepted:   plain-http  tls  http  requests
 *   http:       tls  http  requests
 *   websocket:  tls  wsencoder  wsdecoder  idle  pong
 * </pre>
 */
public final class HandlerNames {
  /** Times the peer: stamps the arrival of bytes, before anything else sees them. */
  public static final String ARRIVAL = "arrival";

  /** Encodes what is said to a SOCKS proxy. */
  public static final String PROXY_ENCODER = "proxy-encoder";

  /** Decodes what a proxy answers. */
  public static final String PROXY_DECODER = "proxy-decoder";

  /** Waits until the proxy has opened the tunnel. */
  public static final String PROXY = "proxy";

  /** Answers a client that speaks plain HTTP where the server speaks TLS. */
  public static final String PLAIN_HTTP = "plain-http";

  /** Encrypts and decrypts. */
  public static final String TLS = "tls";

  /** Behind BoringSSL, makes it tell of errors at once. */
  public static final String TLS_ERRORS = "tls-errors";

  /** Encodes the server's answer to an upgrade, and is taken out with it. */
  public static final String HTTP_ENCODER = "http-encoder";

  /** Decodes the answer to the upgrade; on the server, the requests. */
  public static final String HTTP = "http";

  /** Waits for the answer to the upgrade. */
  public static final String UPGRADE = "upgrade";

  /** Encodes frames. */
  public static final String WS_ENCODER = "ws-encoder";

  /** Decodes frames; the name is Netty's. */
  public static final String WS_DECODER = "ws-decoder";

  /** Inflates messages that were compressed. */
  public static final String INFLATE = "inflate";

  /** Compresses messages. */
  public static final String DEFLATE = "deflate";

  /** Checks that text is UTF-8. */
  public static final String UTF8 = "utf8";

  /** Ends the WebSocket: answers a Close or a violation, says Close when the probe has ended. */
  public static final String CLOSE = "close";

  /** Puts the fragments of a message together. */
  public static final String FRAGMENTS = "fragments";

  /** Sends messages, and waits for those that are expected. */
  public static final String MESSAGES = "messages";

  /** Waits for the PONG. */
  public static final String PING = "ping";

  /** Tells the probe of whatever nobody before it took: errors, the end of the stream. */
  public static final String GUARD = "guard";

  /** Keeps a listening socket of the HTTP server accepting. */
  public static final String ACCEPT = "accept";

  /** Hands requests to the router, one at a time. */
  public static final String REQUESTS = "requests";

  /** Closes a WebSocket of the server's that nothing comes from. */
  public static final String IDLE = "idle";

  /** Answers the peer's PINGs, or those to the server's own WebSocket. */
  public static final String PONG = "pong";

  private HandlerNames() {}
}
