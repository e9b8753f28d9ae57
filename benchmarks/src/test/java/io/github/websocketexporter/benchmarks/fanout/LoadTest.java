package io.github.websocketexporter.benchmarks.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Promise;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that answers each request as an exporter does, with ever shorter bodies. */
class LoadTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path directory;
  private ServerSocket server;
  private Load load;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Truth truth = Truth.map(Files.createFile(directory.resolve("truth")));
    SlowToFinish loop = new SlowToFinish(Load.TRANSPORT.ioHandlers());
    load = new Load(loop, new Listening(server.getLocalPort()), "ws", 1, truth, LIMIT);
  }

  @AfterEach
  void close() throws IOException {
    load.close();
    server.close();
  }

  @Test
  void theEndOfOneRunSendsNothingOfTheNext() throws IOException {
    serve(connection -> answer(connection, 100));

    load.run(probes(1));
    Outcome outcome = load.run(probes(2));

    assertThat(outcome.succeeded()).isEqualTo(2);
    assertThat(outcome.failures()).isZero();
  }

  @Test
  void connectionsThatWereClosedBetweenTwoRunsAreOpenedAgain() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    serve(
        connection -> {
          answer(connection, 1);
          connection.shutdownOutput();
          awaitEnd(connection);
          closed.countDown();
        },
        connection -> answer(connection, 100));

    load.run(probes(1));
    assertThat(closed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    Outcome outcome = load.run(probes(3));

    assertThat(outcome.succeeded()).isEqualTo(3);
    assertThat(outcome.failures()).isZero();
  }

  @Test
  void aRunThatHasNoConnectionLeftEndsBeforeItsLimit() {
    serve(connection -> answer(connection, 1));

    assertThatThrownBy(() -> load.run(probes(3)))
        .isInstanceOf(IOException.class)
        .hasMessage("the exporter closed 1 connections");
  }

  /** So many in a row, over one connection. */
  private static Work probes(int count) {
    return new Work(1, count, 0, 0, 0, 1);
  }

  private record Listening(int port) implements Load.Scraped {
    @Override
    public String query() {
      return "";
    }

    @Override
    public double cpuSeconds() {
      return 0;
    }
  }

  /** What the server does with a connection before it closes it. */
  private interface Service {
    void serve(Socket connection) throws IOException;
  }

  /** Serves one connection after the other. */
  private void serve(Service... services) {
    Thread thread =
        new Thread(
            () -> {
              for (Service service : services) {
                try (Socket connection = server.accept()) {
                  service.serve(connection);
                } catch (IOException e) {
                  return; // The test is over, and closed it.
                }
              }
            },
            "server");
    thread.setDaemon(true);
    thread.start();
  }

  private static void answer(Socket connection, int requests) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
    for (int left = requests; left > 0; left--) {
      String line = in.readLine();
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      if (line == null) {
        return;
      }
      String body = "probe_success 1\n#" + "-".repeat(left) + "\n";
      String answer = "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
      connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Until the client has closed it, too. */
  private static void awaitEnd(Socket connection) throws IOException {
    assertThat(connection.getInputStream().read()).isEqualTo(-1);
  }

  /**
   * A loop that is not done with the end of the first run before the next one begins on the thread
   * that waited for it, as when both threads share a core.
   */
  private static final class SlowToFinish extends SingleThreadIoEventLoop {
    private final Semaphore begun = new Semaphore(0);
    private boolean finished;

    SlowToFinish(IoHandlerFactory handlers) {
      super(null, new DefaultThreadFactory("load"), handlers);
    }

    @Override
    public <V> Promise<V> newPromise() {
      return new DefaultPromise<>(this) {
        @Override
        public boolean trySuccess(V result) {
          begun.drainPermits();
          boolean first = super.trySuccess(result);
          if (!finished) {
            finished = true;
            awaitNextRun();
          }
          return first;
        }
      };
    }

    private void awaitNextRun() {
      try {
        boolean unused = begun.tryAcquire(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void execute(Runnable task) {
      super.execute(task);
      if (!inEventLoop()) {
        begun.release();
      }
    }
  }
}
