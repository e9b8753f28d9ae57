package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notes each file that a configuration includes, also one that is not there: as it was before it is
 * parsed, so that no change in between is missed.
 */
final class IncludedFiles implements ConfigIncluder, ConfigIncluderFile {
  /** A name that ends in none of these stands for three files. */
  private static final List<String> ENDINGS = List.of(".conf", ".json", ".properties");

  private final List<ReadFile> files;
  private final @Nullable ConfigIncluder library;

  /** Notes them in {@code files}. */
  IncludedFiles(List<ReadFile> files) {
    this(files, null);
  }

  private IncludedFiles(List<ReadFile> files, @Nullable ConfigIncluder library) {
    this.files = files;
    this.library = library;
  }

  /** The parser calls this first of all, with what does its including. */
  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return new IncludedFiles(files, fallback);
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String name) {
    ConfigParseable folder = context.relativeTo(".");
    if (folder == null && !name.contains("://")) {
      // Named without a folder, as on the command line: the library would look at the class path.
      return includeFile(context, new File(name));
    }
    String path = folder == null ? null : folder.origin().filename();
    if (path != null) {
      note(Path.of(path).resolveSibling(name));
    }
    return requireNonNull(library).include(context, name);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File file) {
    note(file.toPath());
    return requireNonNull((ConfigIncluderFile) library).includeFile(context, file);
  }

  private void note(Path path) {
    String name = path.toString();
    if (ENDINGS.stream().anyMatch(name::endsWith)) {
      files.add(ReadFile.now(path));
    } else {
      ENDINGS.forEach(ending -> files.add(ReadFile.now(Path.of(name + ending))));
    }
  }
}
