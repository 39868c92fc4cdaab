package io.anymq.cli.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * The project's modules, as their poms say.
 *
 * @param directories where each one is, by its artifact's name
 * @param ids each one's artifact's name, by the name that Maven prints
 */
record Modules(Map<String, Path> directories, Map<String, String> ids) {

  private static final int DEPTH = 4;

  /** Those below that directory. */
  static Modules in(Path home) throws IOException {
    Map<String, Path> directories = new TreeMap<>();
    Map<String, String> ids = new TreeMap<>();
    try (Stream<Path> files = Files.find(home, DEPTH, (path, facts) -> isPom(home, path))) {
      for (Path pom : files.sorted().toList()) {
        Element project = Xml.read(pom);
        String id = child(project, "artifactId").orElse("");
        directories.put(id, pom.resolveSibling("").normalize());
        ids.put(child(project, "name").orElse(id), id);
      }
    }
    return new Modules(directories, ids);
  }

  private static boolean isPom(Path home, Path path) {
    String within = home.relativize(path).toString();
    return path.endsWith("pom.xml") && !within.matches("(.*/)?(target|src|\\..*)/.*");
  }

  private static Optional<String> child(Element project, String name) {
    for (Node node = project.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node.getNodeName().equals(name)) {
        return Optional.of(node.getTextContent().strip());
      }
    }
    return Optional.empty();
  }

  /** The artifact's name of the module in that directory. */
  Optional<String> at(Path directory) {
    return directories.entrySet().stream()
        .filter(each -> each.getValue().equals(directory.normalize()))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
