package io.github.websocketexporter.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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
  private static final int MAX_FILE_BYTES = 1 << 20;

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
   * What the file {@code name} holds.
   *
   * @throws IOException if it cannot be read
   */
  byte[] file(String name) throws IOException {
    Path path = path(name);
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
      if (content.length > MAX_FILE_BYTES) {
        throw new FileSystemException(name, null, "larger than 1 MiB");
      }
      files.putIfAbsent(path, ReadFile.of(path, content));
      return content;
    }
  }

  private Path path(String name) throws IOException {
    try {
      return directory == null ? Path.of(name) : directory.resolve(name);
    } catch (InvalidPathException e) {
      throw new FileSystemException(name, null, e.getReason());
    }
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
