package io.github.websocketexporter.integration;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/** A Java runtime of this machine. */
public record Jdk(Path home, int major) {
  private static final Path DEBIAN_HOMES = Path.of("/usr/lib/jvm");
  private static final int OLDEST = 17;

  /** The one that runs the tests. */
  public static Jdk current() {
    return new Jdk(Path.of(System.getProperty("java.home")), Runtime.version().feature());
  }

  /** The current one and those that are installed where Debian puts them, from Java 17 on. */
  public static List<Jdk> all() throws IOException {
    Set<Path> homes = new LinkedHashSet<>();
    homes.add(current().home().toRealPath());
    if (Files.isDirectory(DEBIAN_HOMES)) {
      try (Stream<Path> found = Files.list(DEBIAN_HOMES)) {
        for (Path home : found.sorted().toList()) {
          if (Files.isExecutable(home.resolve("bin/java"))) {
            homes.add(home.toRealPath());
          }
        }
      }
    }
    List<Jdk> all = new ArrayList<>();
    for (Path home : homes) {
      Jdk jdk = new Jdk(home, majorOf(home));
      if (jdk.major() >= OLDEST) {
        all.add(jdk);
      }
    }
    return all;
  }

  public Path java() {
    return home.resolve("bin/java");
  }

  /** Reads the {@code release} file that every JDK has. A 1.8 comes out as 1. */
  private static int majorOf(Path home) throws IOException {
    Properties release = new Properties();
    try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    }
    String version = release.getProperty("JAVA_VERSION", "0").replace("\"", "");
    return Integer.parseInt(version.split("[^0-9]", 2)[0]);
  }

  @Override
  public String toString() {
    return "Java " + major;
  }
}
