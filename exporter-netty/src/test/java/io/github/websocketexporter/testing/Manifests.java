package io.github.websocketexporter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What is in {@code deploy}, as it is given to Kubernetes. */
public final class Manifests {
  public static final Path DEPLOY = Path.of(System.getProperty("basedir", "."), "../deploy");
  private static final String KUSTOMIZATION = "kustomization.yaml";

  private Manifests() {}

  /** A value of a YAML document, or the lack of one. */
  public record Node(Object value) {
    private static final Object ABSENT = Map.of();

    /** The value under these keys, one below the other. */
    public Node at(String... keys) {
      Object found = value;
      for (String key : keys) {
        Object next = found instanceof Map<?, ?> map ? map.get(key) : null;
        found = next == null ? ABSENT : next;
      }
      return new Node(found);
    }

    public String text() {
      return value.toString();
    }

    public List<Node> list() {
      return value instanceof List<?> list ? list.stream().map(Node::new).toList() : List.of();
    }

    public List<String> texts() {
      return list().stream().map(Node::text).toList();
    }

    public Set<?> keys() {
      return value instanceof Map<?, ?> map ? map.keySet() : Set.of();
    }
  }

  /** The objects in the files of a folder, in no order that matters. */
  public static List<Node> in(String folder) throws IOException {
    List<Node> objects = new ArrayList<>();
    for (String name : files(folder)) {
      if (name.endsWith(".yaml") && !name.equals(KUSTOMIZATION)) {
        documents(folder + "/" + name).forEach(objects::add);
      }
    }
    return objects;
  }

  /** The one object of that kind and that name in a folder. */
  public static Node one(String folder, String kind, String name) throws IOException {
    List<Node> found =
        in(folder).stream()
            .filter(object -> object.at("kind").text().equals(kind))
            .filter(object -> object.at("metadata", "name").text().equals(name))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(kind + " " + name + " in " + folder + ": " + found.size());
    }
    return found.get(0);
  }

  public static Node kustomization(String folder) throws IOException {
    return documents(folder + "/" + KUSTOMIZATION).get(0);
  }

  /** The names of the files in a folder. */
  public static List<String> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(DEPLOY.resolve(folder))) {
      return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    }
  }

  /** The documents of a YAML file. */
  public static List<Node> documents(String file) throws IOException {
    List<Node> documents = new ArrayList<>();
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    yaml.loadAll(Files.readString(DEPLOY.resolve(file)))
        .forEach(document -> documents.add(new Node(document)));
    return documents;
  }

  /**
   * Writes what the container finds in the folder of its configuration, with the links by which
   * Kubernetes has all of it change at once.
   *
   * @param version the name of this state of it, another one each time
   */
  public static void mount(Path folder, String version, Map<String, String> contents)
      throws IOException {
    Path state = Files.createDirectory(folder.resolve(".." + version));
    for (Map.Entry<String, String> file : contents.entrySet()) {
      Files.writeString(state.resolve(file.getKey()), file.getValue());
      Path link = folder.resolve(file.getKey());
      if (!Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(link, Path.of("..data", file.getKey()));
      }
    }
    Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), state.getFileName());
    Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }
}
