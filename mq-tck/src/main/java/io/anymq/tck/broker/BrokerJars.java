package io.anymq.tck.broker;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Finds the jars of a broker that runs in a JVM of its own.
 *
 * <p>They are no dependencies of whoever uses the kit, or they would be on the class path of the
 * tests. The artifact with the broker's main class lists them instead, as paths within a local
 * Maven repository ({@code META-INF/anymq/<broker>.jars}), and this class looks in the repositories
 * that it knows of: the one named by the property {@code maven.repo.local}, the one that Surefire
 * names to tests, the one that SLF4J on our own class path came from, and the default one. Jars
 * that are in none of them are fetched by the installed Maven, once.
 */
final class BrokerJars {

  private static final String PREFIX = "@repository/";

  private final String broker;
  private final BrokerSettings settings;
  private final Consumer<String> announcer;

  BrokerJars(BrokerRequest request) {
    this.broker = request.name();
    this.settings = request.settings();
    this.announcer = request.announcer();
  }

  /**
   * The class path: the artifact with the main class first, then the jars.
   *
   * @throws BrokerUnavailableException when something of it is missing and cannot be fetched
   */
  List<Path> classPath() {
    String resource = "META-INF/anymq/" + broker + ".jars";
    URL list = BrokerJars.class.getClassLoader().getResource(resource);
    if (list == null) {
      throw new BrokerUnavailableException(
          "The artifact io.anymq:mq-tck-broker-"
              + broker
              + " is not on the class path (no "
              + resource
              + " there)");
    }
    List<Path> relative = read(list);
    Path repository = find(relative).orElseGet(() -> fetch(relative));
    List<Path> classPath = new ArrayList<>();
    classPath.add(artifact(list, resource));
    relative.forEach(jar -> classPath.add(repository.resolve(jar)));
    return classPath;
  }

  private static List<Path> read(URL list) {
    try (InputStream in = list.openStream()) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      List<Path> jars = new ArrayList<>();
      for (String entry : text.split(";", -1)) {
        jars.add(Path.of(entry.replace(PREFIX, "")));
      }
      return jars;
    } catch (IOException e) {
      throw new BrokerException("Could not read " + list, e);
    }
  }

  /** The jar, or the directory of classes, that holds the list. */
  private static Path artifact(URL list, String resource) {
    String location = list.toString();
    boolean packed = location.startsWith("jar:");
    int end = packed ? location.indexOf("!/") : location.length() - resource.length();
    return Path.of(URI.create(location.substring(packed ? "jar:".length() : 0, end)));
  }

  private Optional<Path> find(List<Path> jars) {
    return repositories().stream()
        .filter(
            repository ->
                jars.stream().allMatch(jar -> Files.isRegularFile(repository.resolve(jar))))
        .findFirst();
  }

  private Set<Path> repositories() {
    Set<Path> found = new LinkedHashSet<>();
    settings.get("maven.repo.local").map(Path::of).ifPresent(found::add);
    settings.get("localRepository").map(Path::of).ifPresent(found::add);
    repositoryOf(Logger.class).ifPresent(found::add);
    found.add(Path.of(System.getProperty("user.home"), ".m2", "repository"));
    return found;
  }

  /** {@code <repository>/org/slf4j/slf4j-api/<version>/<jar>}: five levels up. */
  private static Optional<Path> repositoryOf(Class<?> type) {
    try {
      Path path = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (int level = 0; level < 5 && path != null; level++) {
        path = path.getParent();
      }
      return Optional.ofNullable(path);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private Path fetch(List<Path> jars) {
    announcer.accept(
        "Fetching the " + jars.size() + " jars of the " + broker + " broker with Maven, once");
    Path repository = repositories().iterator().next();
    Path work = null;
    try {
      work = Files.createTempDirectory("anymq-jars-");
      Files.writeString(work.resolve("pom.xml"), pom(jars));
      Commands.run(
          List.of("mvn", "-B", "-q", "-Dmaven.repo.local=" + repository, "dependency:resolve"),
          work,
          Commands.FETCH_LIMIT);
    } catch (IOException e) {
      throw new BrokerUnavailableException(
          "The jars of the "
              + broker
              + " broker are in none of "
              + repositories()
              + ", and Maven did not fetch them: "
              + e.getMessage(),
          e);
    } finally {
      if (work != null) {
        BrokerPlace.delete(work);
      }
    }
    return find(jars)
        .orElseThrow(
            () ->
                new BrokerUnavailableException(
                    "Maven ran, and " + repository + " lacks some of " + jars));
  }

  /** Each jar by itself, without what it depends on: the list is complete. */
  private static String pom(List<Path> jars) {
    StringBuilder pom = new StringBuilder();
    pom.append("<project><modelVersion>4.0.0</modelVersion>");
    pom.append(
        "<groupId>io.anymq</groupId><artifactId>broker-jars</artifactId><version>1</version>");
    pom.append("<packaging>pom</packaging><dependencies>");
    for (Path jar : jars) {
      int count = jar.getNameCount();
      String group = jar.subpath(0, count - 3).toString().replace(File.separatorChar, '.');
      pom.append("<dependency><groupId>").append(group);
      pom.append("</groupId><artifactId>").append(jar.getName(count - 3));
      pom.append("</artifactId><version>").append(jar.getName(count - 2));
      pom.append(
          "</version><exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>");
      pom.append("</exclusions></dependency>");
    }
    return pom.append("</dependencies></project>").toString();
  }
}
