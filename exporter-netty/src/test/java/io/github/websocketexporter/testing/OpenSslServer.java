package io.github.websocketexporter.testing;

import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.OpenSslAuthority.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server whose TLS is that of {@code openssl s_server}, and which serves one probe: what comes
 * out of the TLS is read from the command's output, and the answers are its input.
 */
public final class OpenSslServer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  private OpenSslServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a server on 127.0.0.1 that shows {@code identity}, and awaits that it listens. */
  public static OpenSslServer start(Identity identity, List<String> options) throws IOException {
    try (Socket reserved = Ports.reserved()) {
      return start(identity, options, reserved.getLocalPort());
    }
  }

  private static OpenSslServer start(Identity identity, List<String> options, int port)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_server", "-quiet", "-accept", "127.0.0.1:" + port));
    command.addAll(List.of("-cert", identity.chain().toString()));
    command.addAll(List.of("-key", identity.key().toString()));
    Path above = identity.above();
    if (above != null) {
      command.addAll(List.of("-cert_chain", above.toString()));
    }
    command.addAll(options);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    await("openssl listens")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> listens(port) || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException(command + " did not start");
    }
    Thread thread = new Thread(() -> serve(process), "openssl-server");
    thread.setDaemon(true);
    thread.start();
    return new OpenSslServer(process, port);
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The connection that it accepts for this fails in the handshake, and it goes on. */
  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void serve(Process process) {
    try {
      new Peer(new Inside(process)).answerPings();
    } catch (IOException e) {
      // The process was ended, before a probe or after it.
    }
  }

  /** What is inside of the TLS, as a connection. */
  private static final class Inside extends Socket {
    private final Process process;

    Inside(Process process) {
      this.process = process;
    }

    @Override
    public InputStream getInputStream() {
      return process.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() {
      return process.getOutputStream();
    }
  }
}
