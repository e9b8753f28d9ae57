package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An exporter that is measured: how to start it, and how to ask it. */
interface Subject {
  /** What the tables call it. */
  String name();

  /** Whether it is this project's, and so can do all that is measured. */
  boolean isOurs();

  /**
   * The command that starts it on a free port of 127.0.0.1.
   *
   * @param directory for files that it needs
   */
  List<String> command(Path directory, Setup setup) throws IOException;

  /** The line of its log that says which port it took: the first group. */
  Pattern listening();

  /** A path that answers 200 when it is ready to be measured. */
  String readyPath();

  /** What comes before {@code target=} in the query of a probe. */
  String query();

  /**
   * How an exporter is set up for what is measured. Only ours takes a setup that is not plain.
   *
   * @param hocon what its configuration file says, inside of the root
   * @param jvmOptions besides those that were asked for
   * @param anyCore whether it may run on more than the exporter's core
   */
  record Setup(String hocon, List<String> jvmOptions, boolean anyCore) {
    /** Everything as it comes. */
    static final Setup PLAIN = new Setup("", List.of(), false);

    static Setup of(String hocon) {
      return new Setup(hocon, List.of(), false);
    }

    Setup withJvmOptions(List<String> options) {
      return new Setup(hocon, options, anyCore);
    }
  }

  /** This project's, built. */
  record Jar(String name, Path java, List<String> jvmOptions, Path jar) implements Subject {
    private static final Pattern LISTENING = Pattern.compile("msg=listening .*\\bport=(\\d+)");

    @Override
    public boolean isOurs() {
      return true;
    }

    @Override
    public List<String> command(Path directory, Setup setup) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(java.toString());
      command.addAll(jvmOptions);
      command.addAll(setup.jvmOptions());
      command.addAll(List.of("-jar", jar.toString(), "--web.listen-address=127.0.0.1:0"));
      if (!setup.hocon().isEmpty()) {
        Path file = Files.createTempFile(directory, "exporter", ".conf");
        Files.writeString(file, "websocket-exporter {\n" + setup.hocon() + "\n}\n");
        command.add("--config.file=" + file);
      }
      return command;
    }

    @Override
    public Pattern listening() {
      return LISTENING;
    }

    @Override
    public String readyPath() {
      return "/-/ready";
    }

    @Override
    public String query() {
      return "";
    }
  }

  /** Prometheus' blackbox_exporter, for what it can do: it sends no PING, so it has no error. */
  record Blackbox(Path binary) implements Subject {
    private static final Pattern LISTENING =
        Pattern.compile("msg=\"Listening on\" address=127\\.0\\.0\\.1:(\\d+)");
    private static final String CONFIG =
        """
        modules:
          websocket:
            prober: websocket
            timeout: 10s
        """;

    @Override
    public String name() {
      return "blackbox_exporter";
    }

    @Override
    public boolean isOurs() {
      return false;
    }

    @Override
    public List<String> command(Path directory, Setup setup) throws IOException {
      Path file = Files.writeString(directory.resolve("blackbox.yml"), CONFIG);
      return List.of(
          binary.toString(), "--config.file=" + file, "--web.listen-address=127.0.0.1:0");
    }

    @Override
    public Pattern listening() {
      return LISTENING;
    }

    @Override
    public String readyPath() {
      return "/-/healthy";
    }

    @Override
    public String query() {
      return "module=websocket&";
    }
  }
}
