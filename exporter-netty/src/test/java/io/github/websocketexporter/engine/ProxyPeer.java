package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.ProxySettings.Protocol;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * A proxy's end of a connection, with the words that scripts are made of. The tunnel leads to the
 * script itself, which goes on as the target.
 */
final class ProxyPeer {
  static final int NO_AUTHENTICATION = 0;
  static final int PASSWORD = 2;
  static final int NONE_ACCEPTABLE = 0xFF;

  private static final int ADDRESS_IP4 = 1;
  private static final int ADDRESS_NAME = 3;

  private ProxyPeer() {}

  /** Opens the tunnel for whoever asks as {@code protocol} wants it. */
  static void open(Protocol protocol, Peer peer) throws IOException {
    switch (protocol) {
      case HTTP -> acceptConnect(peer);
      case SOCKS5, SOCKS5H -> {
        choose(peer, NO_AUTHENTICATION);
        acceptCommand(peer);
      }
    }
  }

  /** Reads a CONNECT and opens the tunnel. */
  static Head acceptConnect(Peer peer) throws IOException {
    Head head = peer.readRequestHead();
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
    return head;
  }

  /** Reads what a client of SOCKS offers, and chooses {@code method}. */
  static byte[] choose(Peer peer, int method) throws IOException {
    byte[] start = peer.readFully(2);
    byte[] methods = peer.readFully(start[1]);
    peer.send(new byte[] {5, (byte) method});
    return joined(start, methods);
  }

  /** Reads user name and password, and answers with {@code status}. */
  static byte[] authenticate(Peer peer, int status) throws IOException {
    byte[] start = peer.readFully(2);
    byte[] username = peer.readFully(start[1] & 0xFF);
    byte[] length = peer.readFully(1);
    byte[] password = peer.readFully(length[0] & 0xFF);
    peer.send(new byte[] {1, (byte) status});
    return joined(start, username, length, password);
  }

  /** Reads what a client of SOCKS asks for. */
  static byte[] readCommand(Peer peer) throws IOException {
    byte[] start = peer.readFully(4);
    byte[] length = start[3] == ADDRESS_NAME ? peer.readFully(1) : new byte[0];
    int rest = length.length > 0 ? length[0] & 0xFF : start[3] == ADDRESS_IP4 ? 4 : 16;
    return joined(start, length, peer.readFully(rest + 2));
  }

  /** Reads what a client of SOCKS asks for, and opens the tunnel. */
  static byte[] acceptCommand(Peer peer) throws IOException {
    byte[] command = readCommand(peer);
    peer.send(reply(0));
    return command;
  }

  /** The answer to what a client of SOCKS asks for. */
  static byte[] reply(int code) {
    return new byte[] {5, (byte) code, 0, ADDRESS_IP4, 127, 0, 0, 1, 0, 80};
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
