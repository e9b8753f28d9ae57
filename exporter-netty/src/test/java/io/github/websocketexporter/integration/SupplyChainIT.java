package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What the runnable jar is made of: it says so itself, the same source makes it anew byte for byte,
 * and what has a known hole stays out.
 */
class SupplyChainIT {
  private static final String LIST = "META-INF/sbom/websocket-exporter.cdx.json";

  /** What several artifacts have, and the jar has once, merged or of its own. */
  private static final Pattern MERGED =
      Pattern.compile(
          "META-INF/(MANIFEST\\.MF|services/.*|(LICENSE|NOTICE)(\\.txt)?"
              + "|io\\.netty\\.versions\\.properties)|"
              + LIST);

  private static final Pattern PURL =
      Pattern.compile(
          "pkg:maven/(?<group>[^/]+)/(?<name>[^@]+)@(?<version>[^?]+)"
              + "\\?(classifier=(?<classifier>[^&]+)&)?type=jar");

  private static final String OWN_GROUP = "io.github.websocketexporter";

  @TempDir private Path directory;

  @Test
  void theListOfTheRunnableJarHasExactlyTheArtifactsThatAreInIt() throws Exception {
    Map<String, Long> shipped = checksums(jar());
    shipped.keySet().removeIf(name -> MERGED.matcher(name).matches());
    Map<String, Set<Long>> listed = new TreeMap<>();
    for (Map<String, Object> component : components()) {
      Path artifact = artifactOf(component);
      Map<String, Long> content = checksums(artifact);
      content.forEach((name, sum) -> listed.computeIfAbsent(name, n -> new TreeSet<>()).add(sum));

      assertThat(content.keySet().stream().filter(shipped::containsKey))
          .as("files of %s", artifact)
          .isNotEmpty();
      assertThat(sha256(artifact)).as("hash of %s", artifact).isEqualTo(sha256Of(component));
    }
    Map<?, ?> whole = (Map<?, ?>) ((Map<?, ?>) list().get("metadata")).get("component");
    checksums(artifactOf(whole))
        .forEach((name, sum) -> listed.computeIfAbsent(name, n -> new TreeSet<>()).add(sum));

    assertThat(shipped.entrySet())
        .filteredOn(file -> !listed.getOrDefault(file.getKey(), Set.of()).contains(file.getValue()))
        .as("files of no artifact that is listed")
        .isEmpty();
  }

  @Test
  void eachArtifactOfTheListHasItsVersionLicenceAndHashes() throws Exception {
    assertThat(components())
        .hasSizeGreaterThan(20)
        .allSatisfy(
            component -> {
              assertThat(component.get("version")).asString().isNotEmpty();
              assertThat(component.get("purl")).asString().matches(PURL);
              assertThat(sha256Of(component)).hasSize(64);
              if (!component.get("group").equals(OWN_GROUP)) {
                assertThat((List<?>) component.get("licenses")).isNotEmpty();
              }
            });
    assertThat(components())
        .extracting(component -> component.get("name"))
        .contains("exporter-core", "netty-handler", "netty-tcnative-boringssl-static")
        .doesNotContain("junit-jupiter", "assertj-core", "archunit-junit5", "snakeyaml");
  }

  /**
   * In another directory, time zone and language. Without Error Prone, which finds faults and makes
   * nothing: compiling takes a quarter of the time so.
   */
  @Test
  void theSameSourceMakesTheSameBytes() throws Exception {
    Path copy = Files.createDirectory(directory.resolve("a copy of the source"));
    for (String part :
        List.of(
            ".mvn",
            "pom.xml",
            "benchmarks/pom.xml",
            "exporter-core/pom.xml",
            "exporter-core/src/main",
            "exporter-netty/pom.xml",
            "exporter-netty/src/main")) {
      copy(root().resolve(part), copy.resolve(part));
    }
    boolean withList = checksums(jar()).containsKey(LIST);
    String output =
        maven(
            copy,
            0,
            "package",
            "--projects=exporter-core,exporter-netty",
            withList ? "-Psbom" : "-P!sbom",
            "-Dmaven.test.skip",
            "-Derror-prone.arguments=-Xlint:none",
            "-Drevision=" + revision());

    Path again = copy.resolve("exporter-netty/target/websocket-exporter.jar");
    assertThat(checksums(again)).as(output).isEqualTo(checksums(jar()));
    assertThat(Files.mismatch(again, jar())).as("first byte that differs").isEqualTo(-1);
  }

  @Test
  void theBuildRefusesWhatIsOlderThanItsFloors() throws Exception {
    String output =
        maven(
            root(),
            1,
            "--offline",
            "validate",
            "--projects=exporter-core,exporter-netty",
            "-Dnetty.floor=999",
            "-Dtcnative.floor=999",
            "-Dlogback.floor=999");

    assertThat(output)
        .containsPattern("io\\.netty:netty-handler:jar:\\S+ <--- banned")
        .containsPattern("io\\.netty:netty-tcnative-boringssl-static:jar:\\S+ <--- banned")
        .containsPattern("ch\\.qos\\.logback:logback-core:jar:\\S+ <--- banned");
  }

  private static List<Map<String, Object>> components() throws IOException {
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> components = (List<Map<String, Object>>) list().get("components");
    return components;
  }

  private static Map<String, Object> list() throws IOException {
    try (ZipFile zip = new ZipFile(jar().toFile())) {
      ZipEntry entry = zip.getEntry(LIST);
      assumeTrue(entry != null, "the jar was built without its list, as with -DskipTests");
      try (InputStream in = zip.getInputStream(entry)) {
        String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(json);
      }
    }
  }

  /** The file that a component of the list was made of. */
  private static Path artifactOf(Map<?, ?> component) {
    Matcher purl = PURL.matcher((String) component.get("purl"));
    assertThat(purl.matches()).as("%s", component.get("purl")).isTrue();
    String name = purl.group("name");
    String version = purl.group("version");
    String classifier = purl.group("classifier") == null ? "" : "-" + purl.group("classifier");
    Path folder =
        purl.group("group").equals(OWN_GROUP)
            ? root().resolve(name).resolve("target")
            : Path.of(System.getProperty("maven.repository"))
                .resolve(purl.group("group").replace('.', '/'))
                .resolve(name)
                .resolve(version);
    return folder.resolve(name + "-" + version + classifier + ".jar");
  }

  private static String sha256Of(Map<String, Object> component) {
    List<?> hashes = (List<?>) component.get("hashes");
    assertThat(hashes).as("hashes of %s", component.get("name")).isNotNull();
    return hashes.stream()
        .map(hash -> (Map<?, ?>) hash)
        .filter(hash -> hash.get("alg").equals("SHA-256"))
        .map(hash -> (String) hash.get("content"))
        .findFirst()
        .orElseThrow();
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  /** By name, of each file in a jar. */
  private static Map<String, Long> checksums(Path jar) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream()
          .filter(entry -> !entry.isDirectory())
          .forEach(entry -> sums.put(entry.getName(), entry.getCrc()));
    }
    return sums;
  }

  private static String revision() throws IOException {
    try (ZipFile zip = new ZipFile(jar().toFile());
        InputStream in =
            zip.getInputStream(zip.getEntry("io/github/websocketexporter/cli/build.properties"))) {
      Properties build = new Properties();
      build.load(in);
      return build.getProperty("revision");
    }
  }

  private String maven(Path project, int exitCode, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("maven.home"), "bin/mvn").toString());
    command.addAll(
        List.of(
            "--batch-mode",
            "--no-transfer-progress",
            "-Dstyle.color=never",
            "-Dmaven.repo.local=" + System.getProperty("maven.repository")));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("TZ", "Pacific/Chatham");
    builder.environment().put("MAVEN_OPTS", "-Duser.language=tr -Duser.country=TR");
    int ended = builder.start().waitFor();
    assertThat(ended).as(Files.readString(output)).isEqualTo(exitCode);
    return Files.readString(output);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }

  private static Path jar() {
    return Path.of(System.getProperty("exporter.jar"));
  }
}
