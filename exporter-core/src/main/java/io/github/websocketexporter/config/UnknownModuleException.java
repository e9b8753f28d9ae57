package io.github.websocketexporter.config;

/** That the configuration has no module of the name that was asked for. */
public final class UnknownModuleException extends InvalidChoiceException {
  UnknownModuleException() {
    super("There is no module of that name.");
  }
}
