package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.KeptConnection;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The exporter as its users run it: the runnable jar in a process of its own. What it prints is
 * kept whole.
 */
public final class ExporterProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int WARM_UP_PROBES = 10_000;
  private static final int WARM_UP_SCRAPERS = 20;
  private static final Pattern LISTENING =
      Pattern.compile(
          "msg=listening .*\\bport=(\\d+)|\"port\":\"(\\d+)\".*\"formattedMessage\":\"listening\"");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Process process;
  private final Path stdout;
  private final Path stderr;

  private ExporterProcess(Process process, Path stdout, Path stderr) {
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** Starts an exporter on a free port with the JDK that runs the tests, and awaits it. */
  public static ExporterProcess start(String... flags) {
    return on(Jdk.current()).start(flags);
  }

  public static Launcher on(Jdk jdk, String... jvmOptions) {
    return new Launcher(jdk, List.of(jvmOptions), List.of());
  }

  /** A JDK and its options, ready to run the jar, and the command that starts all that. */
  public record Launcher(Jdk jdk, List<String> jvmOptions, List<String> starter) {

    /** The same, for a process that may have only so many files open. */
    public Launcher withOpenFiles(int most) {
      String limit = "ulimit -n " + most + " && exec \"$@\"";
      return new Launcher(jdk, jvmOptions, List.of("sh", "-c", limit, "sh"));
    }

    /** The same, with a variable more in its environment. */
    public Launcher withVariable(String name, String value) {
      return new Launcher(jdk, jvmOptions, List.of("env", name + "=" + value));
    }

    /** The same, with SIGHUP and SIGINT not ignored, as they are below nohup or in a background. */
    public Launcher withDefaultSignals() {
      return new Launcher(jdk, jvmOptions, List.of("env", "--default-signal=HUP,INT"));
    }

    /** The same, on this core alone. */
    public Launcher onCore(int core) {
      return new Launcher(jdk, jvmOptions, List.of("taskset", "-c", Integer.toString(core)));
    }

    /** Starts an exporter on a free port, and awaits that it listens. */
    public ExporterProcess start(String... flags) {
      List<String> all = new ArrayList<>(List.of(flags));
      if (all.stream().noneMatch(flag -> flag.startsWith("--web.listen-address"))) {
        all.add("--web.listen-address=127.0.0.1:0");
      }
      long addresses = all.stream().filter(flag -> flag.startsWith("--web.listen-address")).count();
      ExporterProcess exporter = launch(all.toArray(String[]::new));
      try {
        await()
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> exporter.ports().size() == addresses || !exporter.process.isAlive());
        assertThat(exporter.ports()).as(exporter.stderr()).hasSize((int) addresses);
      } catch (RuntimeException | Error e) {
        exporter.close();
        throw e;
      }
      return exporter;
    }

    /** Runs the jar with exactly these flags. */
    public ExporterProcess launch(String... flags) {
      List<String> command = new ArrayList<>(starter);
      command.add(jdk.java().toString());
      command.addAll(jvmOptions);
      command.addAll(List.of("-jar", System.getProperty("exporter.jar")));
      command.addAll(Arrays.asList(flags));
      try {
        Path stdout = Files.createTempFile("exporter", ".stdout");
        Path stderr = Files.createTempFile("exporter", ".stderr");
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        // Java says on stderr that it picked them up.
        builder
            .environment()
            .keySet()
            .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return new ExporterProcess(builder.start(), stdout, stderr);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The ports that it listens on, in the order of its listen addresses. */
  public List<Integer> ports() {
    List<Integer> ports = new ArrayList<>();
    Matcher line = LISTENING.matcher(stderr());
    while (line.find()) {
      ports.add(Integer.valueOf(line.group(1) == null ? line.group(2) : line.group(1)));
    }
    return ports;
  }

  public int port() {
    return ports().get(0);
  }

  /** The address of its own WebSocket. */
  public String ownWebSocket() {
    return "ws://127.0.0.1:" + port() + "/-/websocket";
  }

  /**
   * Probes these, in turn, so many times that neither the exporter nor they run cold code any more:
   * for tests of what they do for hours. JVMs that start under full load may take half a minute.
   */
  public void warmUp(List<String> targets) throws IOException {
    await().until(() -> get("/-/ready").status() == 200);
    List<KeptConnection> scrapers = new ArrayList<>();
    for (int i = 0; i < WARM_UP_SCRAPERS; i++) {
      scrapers.add(new KeptConnection(port(), (int) LIMIT.toMillis()));
    }
    for (int probes = 0; probes < WARM_UP_PROBES; probes += scrapers.size()) {
      for (int i = 0; i < scrapers.size(); i++) {
        String target = targets.get((probes + i) % targets.size());
        scrapers.get(i).sendGet("/probe?target=" + percentEncoded(target));
      }
      for (KeptConnection scraper : scrapers) {
        assertThat(scraper.read()).startsWith("HTTP/1.1 200 ");
      }
    }
    for (KeptConnection scraper : scrapers) {
      scraper.close();
    }
  }

  public Answer probe(String target, String... headers) {
    return get("/probe?target=" + percentEncoded(target), headers);
  }

  public CompletableFuture<Answer> probeInBackground(String target) {
    return HTTP.sendAsync(
            request("/probe?target=" + percentEncoded(target)), BodyHandlers.ofString())
        .thenApply(Answer::of);
  }

  public Answer get(String pathAndQuery, String... headers) {
    return send(request(pathAndQuery, headers));
  }

  /** Asks without a body. */
  public Answer post(String path) {
    return send(
        HttpRequest.newBuilder(request(path), (name, value) -> true)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private Answer send(HttpRequest request) {
    try {
      return Answer.of(HTTP.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(stderr(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Asks it to stop, as an init system or Kubernetes does. */
  public void sigterm() {
    assertThat(process.supportsNormalTermination()).isTrue();
    process.destroy();
  }

  /** Asks it to stop, as Ctrl-C at a terminal does. */
  public void sigint() {
    ProcessSignals.send(process, "INT");
  }

  /** Asks it to load its configuration anew. */
  public void sighup() {
    ProcessSignals.send(process, "HUP");
  }

  /** Whether this machine has {@code prlimit}. */
  public static boolean canLimitOpenFiles() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "prlimit")));
  }

  /** Changes how many files it may have open while it runs, with {@code prlimit} of util-linux. */
  public void limitOpenFiles(int most) {
    ProcessSignals.run("prlimit", "--pid=" + process.pid(), "--nofile=" + most + ":");
  }

  /** Stops it, as a debugger or a freezer of containers does, and awaits that it stands still. */
  public void sigstop() {
    ProcessSignals.stop(process);
  }

  /** Lets it go on. */
  public void sigcont() {
    ProcessSignals.send(process, "CONT");
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** The physical memory that it takes, in bytes: VmRSS of Linux. */
  public long residentBytes() {
    return memory("VmRSS");
  }

  /** The most physical memory that it took since the last {@link #forgetPeak}, in bytes: VmHWM. */
  public long peakResidentBytes() {
    return memory("VmHWM");
  }

  /** Has the kernel measure the peak of the physical memory from now on. */
  public void forgetPeak() {
    try {
      Files.writeString(Path.of("/proc/" + process.pid() + "/clear_refs"), "5");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many files and sockets it has open. */
  public int openFiles() {
    return Path.of("/proc/" + process.pid() + "/fd").toFile().list().length;
  }

  private long memory(String field) {
    return read(Path.of("/proc/" + process.pid() + "/status"))
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
        .findFirst()
        .orElseThrow();
  }

  /** Has the JVM do what {@code jcmd} can have it do, and returns what that prints. */
  public String jcmd(String... command) {
    List<String> all = new ArrayList<>();
    all.add(Jdk.current().home().resolve("bin/jcmd").toString());
    all.add(Long.toString(process.pid()));
    all.addAll(List.of(command));
    try {
      Process jcmd = new ProcessBuilder(all).redirectErrorStream(true).start();
      String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(jcmd.waitFor()).as(output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Awaits its end. */
  public int exitCode() {
    try {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("it ended").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return process.exitValue();
  }

  public String stdout() {
    return read(stdout);
  }

  public String stderr() {
    return read(stderr);
  }

  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
      Files.deleteIfExists(stdout);
      Files.deleteIfExists(stderr);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Encoded as Prometheus and vmagent encode a parameter. */
  public static String percentEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest request(String pathAndQuery, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + pathAndQuery))
            .timeout(LIMIT);
    return (headers.length == 0 ? request : request.headers(headers)).build();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
