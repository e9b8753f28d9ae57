package io.github.websocketexporter.integration;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;

/** A name server on the loopback that knows no name: each query is answered with NXDOMAIN. */
final class NameServer implements AutoCloseable {
  private static final int HEADER = 12;

  private final DatagramSocket socket;

  private NameServer(DatagramSocket socket) {
    this.socket = socket;
  }

  static NameServer start() throws IOException {
    NameServer server = new NameServer(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
    Thread thread = new Thread(server::answer, "name-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    socket.close();
  }

  private void answer() {
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(new byte[1_500], 1_500);
      try {
        socket.receive(packet);
        packet.setData(noSuchName(Arrays.copyOf(packet.getData(), packet.getLength())));
        socket.send(packet);
      } catch (IOException e) {
        return;
      }
    }
  }

  /** RFC 1035, section 4.1: the query with its question, as an answer with response code 3. */
  private static byte[] noSuchName(byte[] query) {
    int end = HEADER;
    while (query[end] != 0) {
      end += 1 + query[end];
    }
    byte[] answer = Arrays.copyOf(query, end + 5);
    answer[2] = (byte) 0x81;
    answer[3] = (byte) 0x83;
    Arrays.fill(answer, 6, HEADER, (byte) 0);
    return answer;
  }
}
