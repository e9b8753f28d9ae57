package io.github.websocketexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The command line: flags, exit codes and what is said when something is wrong. */
class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @AfterEach
  void quiet() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
  }

  private int run(String... arguments) {
    return new Main(
            HeadStart.begin(), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
        .run(arguments);
  }

  private static List<String> parsed(String flag, String... arguments) throws Exception {
    return CommandLineFlags.parse(arguments).values(flag.substring("--".length()));
  }

  @ParameterizedTest
  @CsvSource({
    "--web.telemetry-path, /own",
    "--web.probe-path, /ping",
    "--timeout, 5s",
    "--timeout-offset, 250ms",
    "--ping.interval, 2s",
    "--config.file, some.conf",
    "--config.auto-reload-interval, 30s",
    "--history.limit, 5",
    "--log.level, warn",
    "--log.format, json"
  })
  void everyFlagIsTakenInBothSpellings(String flag, String value) throws Exception {
    assertThat(parsed(flag, flag + "=" + value)).containsExactly(value);
    assertThat(parsed(flag, flag, value)).containsExactly(value);
    assertThat(parsed(flag)).isEmpty();
  }

  @Test
  void theListenAddressMayBeRepeatedInBothSpellings() throws Exception {
    String flag = "--web.listen-address";

    assertThat(parsed(flag, flag + "=:1", flag, "[::1]:2", flag + "=h:3"))
        .containsExactly(":1", "[::1]:2", "h:3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--debug", "--web.enable-lifecycle", "--config.check"})
  void aSwitchMayBeSpelledOut(String flag) throws Exception {
    assertThat(parsed(flag, flag)).containsExactly("true");
    assertThat(parsed(flag, flag + "=true")).containsExactly("true");
    assertThat(parsed(flag, flag, "true")).containsExactly("true");
    assertThat(parsed(flag, flag + "=false")).containsExactly("false");
    assertThat(parsed(flag, flag, "--timeout=1s")).containsExactly("true");
  }

  @Test
  void theSwitchOfTheLifecycleWinsOverTheFile(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("x.conf"), "websocket-exporter.web.enable-lifecycle = true\n");

    assertThat(lifecycle("--config.file=" + file)).isTrue();
    assertThat(lifecycle("--config.file=" + file, "--web.enable-lifecycle=false")).isFalse();
    assertThat(lifecycle("--web.enable-lifecycle")).isTrue();
    assertThat(lifecycle()).isFalse();
  }

  private static boolean lifecycle(String... arguments) throws Exception {
    return CommandLineFlags.parse(arguments).source().load().config().web().enableLifecycle();
  }

  @Test
  void aCheckOfAGoodFileIsOneLineAndExitCode0(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("good.conf"), "websocket-exporter.modules.own.timeout = 5s\n");

    assertThat(run("--config.check", "--config.file=" + file)).isZero();
    assertThat(out.toString(UTF_8).lines()).containsExactly(file + " is valid");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void aCheckWithoutAFileIsOfTheFlags() {
    assertThat(run("--config.check", "--timeout=5s")).isZero();
    assertThat(out.toString(UTF_8).lines()).containsExactly("the configuration is valid");
    assertThat(run("--config.check", "--timeout=5")).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("websocket-exporter: --timeout: ");
  }

  /** What is wrong shows only when it is made: the library does not know the name. */
  @ParameterizedTest
  @CsvSource({
    "probe.timeout = 5, :1: websocket-exporter.probe.timeout: ",
    "modules.a.tls.ca-file = none.pem, :1: websocket-exporter.modules.a.tls.ca-file: ",
    "'modules.a.tls.ciphers = [TLS_NO_SUCH_CIPHER]', ''"
  })
  void aCheckOfABadFileIsOneLineAndExitCode2(String setting, String place, @TempDir Path folder)
      throws Exception {
    Path file =
        Files.writeString(folder.resolve("bad.conf"), "websocket-exporter." + setting + "\n");

    assertThat(run("--config.check", "--config.file=" + file)).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("websocket-exporter: " + (place.isEmpty() ? "" : file + place));
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--web.listen-address|9095|a list, each element an address such as \":9095\", \"127.0.0.1:9095\" or \"[::1]:9095\"",
        "--web.telemetry-path|own|a path such as /probe",
        "--web.probe-path|ping|a path such as /probe",
        "--timeout|5|a duration from 1ms to 1h such as 500ms, 10s or 1m",
        "--timeout-offset|-1s|a duration from 0s to 1m such as 500ms, 10s or 1m",
        "--ping.interval|fast|a duration from 1ms to 1h such as 500ms, 10s or 1m",
        "--config.auto-reload-interval|30|a duration from 0s to 1h such as 500ms, 10s or 1m",
        "--history.limit|many|a whole number from 0 to 1000",
        "--log.level|trace|one of error, warn, info, debug",
        "--log.format|xml|one of logfmt, json"
      })
  void aBadValueIsOneLineThatNamesTheFlagAndWhatWasExpected(
      String flag, String value, String expected) {
    assertThat(run(flag + "=" + value)).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("websocket-exporter: " + flag + ": ")
        .contains("expected ")
        .contains(expected.replace("a list, each element ", ""))
        .endsWith(", but found \"" + value + "\"");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nope|unknown flag --nope",
        "--nope=secret|unknown flag --nope",
        "--time=1s|unknown flag --time",
        "--timeout|--timeout lacks its DURATION",
        "stray|\"stray\" is no flag",
        "--timeout --debug|--timeout lacks its DURATION",
        "--timeout=1s --timeout=2s|--timeout is given twice",
        "--debug --debug|--debug is given twice",
        "--debug=maybe|--debug is true or false, not \"maybe\""
      })
  void badUsageIsOneClearLineAndAHint(String arguments, String sentence) {
    assertThat(run(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines())
        .containsExactly("websocket-exporter: " + sentence + "; try --help");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  /** As Go's flags may be. */
  @Test
  void oneDashDoesAsWell() throws Exception {
    assertThat(parsed("--timeout", "-timeout=5s")).containsExactly("5s");
    assertThat(parsed("--timeout", "-timeout", "5s")).containsExactly("5s");
    assertThat(parsed("--debug", "-debug")).containsExactly("true");
  }

  @Test
  void aConfigFileThatIsNotThereIsOneLine(@TempDir Path folder) {
    Path file = folder.resolve("absent.conf");

    assertThat(run("--config.file", file.toString())).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            "websocket-exporter: "
                + file
                + ": no such file, or not readable"
                + System.lineSeparator());
  }

  @Test
  void aBadConfigFileIsOneLineWithFileAndLine(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("bad.conf"), "websocket-exporter {\n  probe.timeout = 5\n}\n");

    assertThat(run("--config.file=" + file)).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines())
        .containsExactly(
            "websocket-exporter: "
                + file
                + ":2: websocket-exporter.probe.timeout: expected a duration from 1ms to 1h such as 500ms, 10s or 1m,"
                + " but found 5");
  }

  /** Linux answers each reading of this file with another text. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @EnabledOnOs(OS.LINUX)
  void filesThatChangeWhileTheyAreReadAreOneLineAndExitCode1(boolean check, @TempDir Path folder)
      throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("x.conf"),
            "websocket-exporter.modules.a.authorization.bearer.token-file ="
                + " /proc/sys/kernel/random/uuid\n");

    assertThat(run("--config.check=" + check, "--config.file=" + file)).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .last()
        .isEqualTo("websocket-exporter: the files of the configuration change while they are read");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void aPortThatIsTakenIsOneLineAndExitCode1(String transport, @TempDir Path folder)
      throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("x.conf"), "websocket-exporter.transport = " + transport + "\n");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      assertThat(
              run(
                  "--config.file=" + file,
                  "--web.listen-address",
                  "127.0.0.1:0",
                  "--web.listen-address",
                  address))
          .isEqualTo(1);
      assertThat(err.toString(UTF_8).lines())
          .singleElement()
          .asString()
          .startsWith("websocket-exporter: cannot listen on " + address + ": ")
          .endsWith("Address already in use");
      assertThat(out.toString(UTF_8)).isEmpty();
    }
  }

  @Test
  void theKernelsClockWithoutEpollIsOneLineAndExitCode1(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("x.conf"), "websocket-exporter { clock = kernel, transport = nio }\n");

    assertThat(run("--config.file=" + file, "--web.listen-address=127.0.0.1:0")).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .containsExactly(
            "websocket-exporter: the kernel's clock is not available here:"
                + " it needs the epoll transport, and this is nio");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void versionSaysWhatItIs() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString(UTF_8))
        .matches("websocket-exporter \\S+ \\(revision \\S+, Java \\S+\\)\\R")
        .doesNotContain("${");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help"})
  void helpNamesEveryFlag(String flag) {
    assertThat(run(flag)).isZero();
    assertThat(out.toString(UTF_8))
        .contains(
            "--web.listen-address=ADDRESS",
            "--web.telemetry-path=PATH",
            "--web.probe-path=PATH",
            "--timeout=DURATION",
            "--timeout-offset=DURATION",
            "--ping.interval=DURATION",
            "--config.file=FILE",
            "--config.auto-reload-interval=DURATION",
            "--config.check",
            "--web.enable-lifecycle",
            "--log.level=LEVEL",
            "--log.format=FORMAT",
            "--debug",
            "--version",
            "--help",
            "Exit codes: 0 stopped, 1 failed at run time, 2 bad usage or bad config.");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void readmeListsEveryFlag() throws Exception {
    run("--help");
    run("probe", "--help");
    List<String> flags =
        Pattern.compile("--[a-z][a-z.-]+")
            .matcher(out.toString(UTF_8))
            .results()
            .map(MatchResult::group)
            .distinct()
            .toList();

    assertThat(flags).hasSizeGreaterThan(20);
    String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "../README.md"));
    assertThat(flags)
        .allMatch(
            flag -> readme.contains("| `" + flag + "`") || readme.contains(", `" + flag + "`"));
  }
}
