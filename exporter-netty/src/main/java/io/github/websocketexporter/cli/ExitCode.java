package io.github.websocketexporter.cli;

/** What the process says to its parent when it ends. */
final class ExitCode {
  /** It was stopped, or did all that was asked for. */
  static final int OK = 0;

  /** It failed at run time, or was stopped at once. */
  static final int SOFTWARE = 1;

  /** Bad flags, or a bad configuration. */
  static final int USAGE = 2;

  /** The probe that was asked for failed. */
  static final int PROBE_FAILED = 1;

  /** The probe that was asked for was ended by a SIGINT, as a shell has it: 128 and its number. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
