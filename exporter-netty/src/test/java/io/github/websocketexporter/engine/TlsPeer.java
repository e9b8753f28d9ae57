package io.github.websocketexporter.engine;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * The server's end of a connection with TLS: what is said inside of it, and the bytes around that.
 *
 * @param inside what the probe reads; opened by the handshake
 * @param wire the TCP connection below
 */
record TlsPeer(Peer inside, Peer wire) {
  /** The type of an alert record (RFC 8446, section 5.1). */
  static final int ALERT = 21;

  /** The type of a handshake record. */
  static final int HANDSHAKE = 22;

  /** The type of a record with application data. */
  static final int DATA = 23;

  /** What is done to one connection after the handshake. */
  @FunctionalInterface
  interface TlsScript {
    void serve(TlsPeer peer) throws Exception;
  }

  /** A script that shakes hands as {@code context} does. */
  static Script serving(SSLContext context, TlsScript script) {
    return serving(context, parameters -> {}, script);
  }

  /** A script that shakes hands as {@code context} does, after {@code setup}. */
  static Script serving(SSLContext context, Consumer<SSLParameters> setup, TlsScript script) {
    return wire -> {
      SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(wire.socket(), null, false);
      SSLParameters parameters = socket.getSSLParameters();
      setup.accept(parameters);
      socket.setSSLParameters(parameters);
      try {
        socket.startHandshake();
      } catch (IOException e) {
        // An alert must not be overtaken by the reset that unread bytes would cause.
        wire.sendEof();
        wire.awaitEnd();
        return;
      }
      script.serve(new TlsPeer(new Peer(socket), wire));
    };
  }

  /**
   * Answers the ClientHello as {@code context} does, up to the ServerHelloDone or the Finished of
   * {@code version}, and leaves it at that.
   *
   * @param asking whether to ask for a certificate of the client's
   */
  static void sendFirstFlight(Peer wire, SSLContext context, String version, boolean asking)
      throws IOException {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(new String[] {version});
    engine.setNeedClientAuth(asking);
    engine.unwrap(ByteBuffer.wrap(readRecord(wire)), ByteBuffer.allocate(1 << 15));
    ByteBuffer flight = ByteBuffer.allocate(1 << 16);
    while (engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP) {
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      } else {
        engine.wrap(ByteBuffer.allocate(0), flight);
      }
    }
    wire.send(Arrays.copyOf(flight.array(), flight.position()));
  }

  /** Serves one probe to its end. */
  void serveOneProbe() throws IOException {
    inside.acceptUpgrade();
    inside.pong();
    inside.readFrame(Peer.CLOSE);
  }

  /** Reads one record off the wire: its bytes, with the header. */
  static byte[] readRecord(Peer wire) throws IOException {
    byte[] header = wire.readFully(5);
    byte[] body = wire.readFully((header[3] & 0xFF) << 8 | (header[4] & 0xFF));
    return record(header[0], (header[1] & 0xFF) << 8 | (header[2] & 0xFF), body);
  }

  /** The bytes of a record in the clear. */
  static byte[] record(int type, int version, byte... body) {
    byte[] bytes = new byte[5 + body.length];
    bytes[0] = (byte) type;
    bytes[1] = (byte) (version >> 8);
    bytes[2] = (byte) version;
    bytes[3] = (byte) (body.length >> 8);
    bytes[4] = (byte) body.length;
    System.arraycopy(body, 0, bytes, 5, body.length);
    return bytes;
  }

  /** The record of a fatal alert. */
  static byte[] fatalAlert(int description) {
    return record(ALERT, 0x0301, (byte) 2, (byte) description);
  }

  /**
   * The record of a ServerHello without extensions that chooses {@code version} (RFC 5246, section
   * 7.4.1.3).
   */
  static byte[] serverHello(int version) {
    byte[] hello = new byte[4 + 2 + 32 + 1 + 2 + 1];
    hello[0] = 2;
    hello[3] = (byte) (hello.length - 4);
    hello[4] = (byte) (version >> 8);
    hello[5] = (byte) version;
    hello[39] = (byte) 0xC0; // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
    hello[40] = 0x13;
    return record(HANDSHAKE, version, hello);
  }
}
