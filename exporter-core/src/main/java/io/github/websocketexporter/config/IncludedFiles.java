package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notes each file that a configuration includes, also one that is not there: as it was before it is
 * parsed, so that no change in between is missed. What is there and cannot be read is an error: it
 * may be the policy. So is a URL: its server might never answer.
 */
final class IncludedFiles implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL {
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
    if (name.contains("://")) {
      throw unreadable();
    }
    ConfigParseable folder = context.relativeTo(".");
    if (folder == null) {
      // Named without a folder, as on the command line: the library would look at the class path.
      return includeFile(context, new File(name));
    }
    String path = folder.origin().filename();
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

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
    throw unreadable();
  }

  private static ConfigException unreadable() {
    return new ConfigException.BugOrBroken("not readable");
  }

  private void note(Path path) {
    String name = path.toString();
    if (ENDINGS.stream().anyMatch(name::endsWith)) {
      noteFile(path);
    } else {
      ENDINGS.forEach(ending -> noteFile(Path.of(name + ending)));
    }
  }

  private void noteFile(Path path) {
    if (Files.exists(path) && (Files.isDirectory(path) || !Files.isReadable(path))) {
      throw unreadable();
    }
    files.add(ReadFile.now(path));
  }
}
