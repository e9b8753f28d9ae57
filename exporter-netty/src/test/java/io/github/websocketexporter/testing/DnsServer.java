package io.github.websocketexporter.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A name server on the loopback (RFC 1035, UDP only) that knows what a test tells it. */
public final class DnsServer implements AutoCloseable {
  private static final int A = 1;
  private static final int AAAA = 28;
  private static final int SERVFAIL = 2;
  private static final int NXDOMAIN = 3;

  private final DatagramSocket socket;
  private final Map<String, Zone> zones = new ConcurrentHashMap<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** What is known of one name. */
  private record Zone(int code, boolean silent, int ttl, List<InetAddress> addresses) {}

  /** Starts on a free port. */
  public DnsServer() throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread thread = new Thread(this::serve, "dns-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where this server is. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  /** The name has these literal addresses; of the families that are not among them it has none. */
  public void has(String name, int ttl, String... addresses) throws UnknownHostException {
    InetAddress[] all = new InetAddress[addresses.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = InetAddress.getAllByName(addresses[i])[0];
    }
    zones.put(name, new Zone(0, false, ttl, List.of(all)));
  }

  /** Queries for the name fail. */
  public void fails(String name) {
    zones.put(name, new Zone(SERVFAIL, false, 0, List.of()));
  }

  /** Queries for the name are not answered. */
  public void isSilentAbout(String name) {
    zones.put(name, new Zone(0, true, 0, List.of()));
  }

  /** Only queries for the family of this literal address are answered. */
  public void hasOnly(String name, String address) throws UnknownHostException {
    zones.put(name, new Zone(0, true, 0, List.of(InetAddress.getAllByName(address)[0])));
  }

  /** Holds all answers from now on until {@link #release()}. */
  public void hold() {
    gate = new CountDownLatch(1);
  }

  /** Answers what was held. */
  public void release() {
    gate.countDown();
  }

  /** The queries that came so far, such as {@code A example.test}. */
  public List<String> queries() {
    return List.copyOf(queries);
  }

  @Override
  public void close() {
    gate.countDown();
    socket.close();
  }

  private void serve() {
    byte[] buffer = new byte[1_500];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
        if (answer != null) {
          gate.await();
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException | InterruptedException e) {
        socket.close();
      }
    }
  }

  private byte @Nullable [] answer(byte[] packet) {
    ByteBuffer query = ByteBuffer.wrap(packet);
    short id = query.getShort();
    query.position(12);
    StringBuilder name = new StringBuilder();
    for (int length = query.get(); length > 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, US_ASCII));
    }
    int type = query.getShort();
    int end = query.getShort() == 1 ? query.position() : 12;
    queries.add((type == A ? "A " : type == AAAA ? "AAAA " : type + " ") + name);

    Zone zone = zones.getOrDefault(name.toString(), new Zone(NXDOMAIN, false, 0, List.of()));
    List<byte[]> records =
        zone.addresses().stream()
            .map(InetAddress::getAddress)
            .filter(each -> each.length == (type == A ? 4 : type == AAAA ? 16 : -1))
            .toList();
    if (zone.silent() && records.isEmpty()) {
      return null;
    }
    ByteBuffer answer = ByteBuffer.allocate(1_500);
    answer.putShort(id).putShort((short) (0x8180 | zone.code()));
    answer.putShort((short) 1).putShort((short) records.size()).putInt(0);
    answer.put(packet, 12, end - 12);
    for (byte[] each : records) {
      answer.putShort((short) 0xC00C).putShort((short) type).putShort((short) 1);
      answer.putInt(zone.ttl()).putShort((short) each.length).put(each);
    }
    return Arrays.copyOf(answer.array(), answer.position());
  }
}
