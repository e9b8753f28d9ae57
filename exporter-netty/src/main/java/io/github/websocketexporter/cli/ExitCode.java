package io.github.websocketexporter.cli;

/** What the process says to its parent when it ends. */
final class ExitCode {
  /** It was stopped, or did all that was asked for. */
  static final int OK = 0;

  /** It failed at run time, or was stopped at once. */
  static final int SOFTWARE = 1;

  /** Bad flags, or a bad configuration. */
  static final int USAGE = 2;

  private ExitCode() {}
}
