package io.anymq.cli.tests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for one run: {@link TestEvents} as JUnit finds it, and the file that it writes. The
 * class is copied, because Maven may compile or delete this program's classes during the run.
 */
final class EventsClassPath implements AutoCloseable {

  /** By its name, because JUnit, which it refers to, is not on the class path of this program. */
  private static final String LISTENER = EventsClassPath.class.getPackageName() + ".TestEvents";

  private static final String SERVICE = "org.junit.platform.launcher.TestExecutionListener";

  private final Path directory;

  private EventsClassPath(Path directory) {
    this.directory = directory;
  }

  static EventsClassPath create() throws IOException {
    EventsClassPath created = new EventsClassPath(Files.createTempDirectory("anymq-test-"));
    created.fill();
    return created;
  }

  private void fill() throws IOException {
    String resource = LISTENER.replace('.', '/') + ".class";
    Path copy = directory.resolve(resource);
    Files.createDirectories(copy.getParent());
    try (InputStream in = EventsClassPath.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new NoSuchFileException(resource);
      }
      Files.copy(in, copy);
    }
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(services.resolve(SERVICE), LISTENER + "\n");
    Files.createFile(file());
  }

  /** Where the events go. */
  Path file() {
    return directory.resolve("events");
  }

  /** What Maven has to be told. */
  List<String> arguments() {
    return List.of(
        "-Dmaven.test.additionalClasspath=" + directory, "-D" + TestEvents.FILE + "=" + file());
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
