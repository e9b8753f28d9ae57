package io.github.websocketexporter.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is gathered while a configuration is read: the files that it takes values from, which of its
 * values are secrets, and what its user should know. Confined to one thread.
 */
final class Reading {
  /** More than any token or certificate chain; what is larger was not meant. */
  private static final long MAX_FILE_BYTES = 1 << 20;

  private final @Nullable Path directory;
  private final Map<Path, ReadFile> files = new LinkedHashMap<>();
  private final Set<List<String>> secrets = new LinkedHashSet<>();
  private final List<String> warnings = new ArrayList<>();

  /**
   * Begins a reading.
   *
   * @param directory where relative names of files begin; null for the process's own
   */
  Reading(@Nullable Path directory) {
    this.directory = directory;
  }

  /**
   * What the file {@code name} holds, which must be UTF-8.
   *
   * @throws IOException if it cannot be read
   */
  String file(String name) throws IOException {
    Path path = directory == null ? Path.of(name) : directory.resolve(name);
    if (Files.size(path) > MAX_FILE_BYTES) {
      throw new MalformedInputException(0);
    }
    String text = Files.readString(path, StandardCharsets.UTF_8);
    files.putIfAbsent(path, ReadFile.of(path, text));
    return text;
  }

  /** Notes that the value at {@code path} is a secret. */
  void secret(List<String> path) {
    secrets.add(path);
  }

  /** Notes what the user should know, in one sentence without a secret. */
  void warn(String sentence) {
    warnings.add(sentence);
  }

  /** The files that were read, as they were when they were first read. */
  List<ReadFile> files() {
    return List.copyOf(files.values());
  }

  /** The paths of the values that are secrets. */
  Set<List<String>> secrets() {
    return secrets;
  }

  /** What was noted for the user. */
  List<String> warnings() {
    return warnings;
  }
}
