package io.github.websocketexporter.http;

import io.github.websocketexporter.config.LoadedConfig;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The configuration in force, which changes while the exporter runs. Safe for use by several
 * threads.
 */
public interface LiveConfig {
  /**
   * What is in force now. Whoever needs more than one value takes all from one answer: the next one
   * may be of another configuration.
   */
  LoadedConfig current();

  /**
   * Loads it anew, which takes its time.
   *
   * @return ends when it is in force, or with a sentence that says why it is not
   */
  CompletionStage<Optional<String>> reload();

  /** A configuration that stays as it is. */
  static LiveConfig of(LoadedConfig config) {
    return new LiveConfig() {
      @Override
      public LoadedConfig current() {
        return config;
      }

      @Override
      public CompletionStage<Optional<String>> reload() {
        return CompletableFuture.completedFuture(Optional.empty());
      }
    };
  }
}
