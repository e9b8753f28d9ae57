package io.github.websocketexporter.testing;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Peer.Head;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A server on the loopback that does to each connection what a test scripts, byte by byte. A
 * connection is closed when its script is over. What a script asserts fails the test when the
 * server is closed; that its connection broke does not.
 */
public final class ScriptedServer implements AutoCloseable {
  /** What is done to one connection, on a thread of its own. */
  @FunctionalInterface
  public interface Script {
    void serve(Peer peer) throws Exception;
  }

  private static final int BACKLOG = 512;
  private static final long PATIENCE_SECONDS = 10;

  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Queue<Thread> scripts = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Head> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();

  private ScriptedServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
  }

  /** A server on 127.0.0.1. */
  public static ScriptedServer start(Script script) throws IOException {
    return start("127.0.0.1", script);
  }

  /** A server on a literal address. */
  public static ScriptedServer start(String address, Script script) throws IOException {
    return start(new ServerSocket(0, BACKLOG, InetAddress.getByName(address)), script);
  }

  /** A server on the loopback that speaks TLS. */
  public static ScriptedServer startTls(SSLContext context, Script script) throws IOException {
    InetAddress address = InetAddress.getLoopbackAddress();
    return start(context.getServerSocketFactory().createServerSocket(0, BACKLOG, address), script);
  }

  /** A server on a bound socket, which it closes in the end. */
  public static ScriptedServer start(ServerSocket listener, Script script) {
    ScriptedServer server = new ScriptedServer(listener, script);
    run("scripted-server", server::accept);
    return server;
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** The target that is this server: {@code ws://127.0.0.1:port} and {@code path}. */
  public String ws(String path) {
    return "ws://127.0.0.1:" + port() + path;
  }

  /** How many connections came so far. */
  public int accepted() {
    return accepted.get();
  }

  /** The requests that scripts have read so far, less those that were awaited. */
  public Queue<Head> requests() {
    return requests;
  }

  /** Waits for the next request that a script has read, and takes it away. */
  public Head awaitRequest() throws InterruptedException {
    Head head = requests.poll(PATIENCE_SECONDS, SECONDS);
    if (head == null) {
      throw new AssertionError("no request came");
    }
    return head;
  }

  @Override
  public void close() {
    close(listener);
    open.forEach(ScriptedServer::close);
    scripts.forEach(ScriptedServer::join);
    assertThat(failures).as("failures of the server's scripts").isEmpty();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        accepted.incrementAndGet();
        scripts.add(run("scripted-connection", () -> serve(socket)));
      } catch (IOException e) {
        close(listener);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      script.serve(new Peer(socket, requests));
    } catch (IOException e) {
      // Clients are free to go away at any time; what they should have said, scripts assert.
    } catch (Exception | AssertionError e) {
      failures.add(e);
    } finally {
      open.remove(socket);
    }
  }

  private static Thread run(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits for a script whose connection is gone, which may be about to say what it found. */
  private static void join(Thread script) {
    try {
      script.join(SECONDS.toMillis(PATIENCE_SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
