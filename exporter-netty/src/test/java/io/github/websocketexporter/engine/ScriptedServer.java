package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on the loopback that does to each connection what a test scripts, byte by byte. A
 * connection is closed when its script is over. What a script asserts fails the test when the
 * server is closed; that its connection broke does not.
 */
final class ScriptedServer implements AutoCloseable {
  /** What is done to one connection, on a thread of its own. */
  @FunctionalInterface
  interface Script {
    void serve(Peer peer) throws Exception;
  }

  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();

  private ScriptedServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
  }

  /** A server on 127.0.0.1. */
  static ScriptedServer start(Script script) throws IOException {
    return start("127.0.0.1", script);
  }

  /** A server on a literal address. */
  static ScriptedServer start(String address, Script script) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
    return start(listener, script);
  }

  /** A server on a bound socket, which it closes in the end. */
  static ScriptedServer start(ServerSocket listener, Script script) {
    ScriptedServer server = new ScriptedServer(listener, script);
    server.run("scripted-server", server::accept);
    return server;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The target that is this server: {@code ws://127.0.0.1:port} and {@code path}. */
  String ws(String path) {
    return "ws://127.0.0.1:" + port() + path;
  }

  /** How many connections came so far. */
  int accepted() {
    return accepted.get();
  }

  @Override
  public void close() {
    close(listener);
    open.forEach(ScriptedServer::close);
    assertThat(failures).as("failures of the server's scripts").isEmpty();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        accepted.incrementAndGet();
        run("scripted-connection", () -> serve(socket));
      } catch (IOException e) {
        close(listener);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      script.serve(new Peer(socket));
    } catch (IOException e) {
      // The probe is free to go away at any time; what it should have said, scripts assert.
    } catch (Exception | AssertionError e) {
      failures.add(e);
    } finally {
      open.remove(socket);
    }
  }

  private void run(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
