package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The quick start in a JVM of its own, packed in the ways in which programs are packed badly. */
class PackagingTest {

  private static final String SERVICES = "META-INF/services/io.anymq.spi.Backend";

  /** The native clients; all other jars are there. */
  private static final String CLIENTS =
      ".*/(jeromq|jnacl|amqp-client|activemq-client|jakarta.jms-api|kafka-clients)-[^/]*\\.jar";

  @TempDir Path directory;

  @Test
  void oneJarWithMergedServicesRuns() throws Exception {
    Path jar = fatJar("zeromq", "rabbit");
    assertThat(run("zeromq:inproc://packed", jar, true)).contains("Hello from zeromq");
  }

  @Test
  void oneJarWithoutMergedServicesSaysSo() throws Exception {
    Path jar = fatJar("zeromq", "rabbit");
    Files.delete(jar.resolve(SERVICES));
    assertThat(run("zeromq:inproc://packed", jar, true))
        .startsWith("Exception in thread \"main\" io.anymq.")
        .contains("META-INF/services");
  }

  @ParameterizedTest
  @CsvSource({
    "zeromq, zeromq:inproc://packed",
    "rabbit, amqp://127.0.0.1:1",
    "activemq, activemq:tcp://127.0.0.1:1",
    "kafka, kafka://127.0.0.1:1"
  })
  void missingNativeClientIsNamed(String adapter, String url) throws Exception {
    assertThat(run(url, fatJar(adapter), false))
        .startsWith("Exception in thread \"main\" io.anymq.")
        .contains("native client");
  }

  @Test
  void adapterWithoutItsClientDoesNotHinderAnother() throws Exception {
    Path jar = fatJar("kafka", "activemq", "rabbit", "zeromq");
    Path client = jarOf("org.zeromq.ZMQ");
    assertThat(run("zeromq:inproc://packed", jar, false, client)).contains("Hello from zeromq");
  }

  @Test
  void programWithoutAUrlIsWarnedThatNothingIsPersistent() throws Exception {
    assertThat(run(null, fatJar("zeromq"), true))
        .containsOnlyOnce("WARN io.anymq.core.Bootstrap - No URL is configured")
        .contains("in memory, nothing is persistent")
        .contains("INFO io.anymq.core.Supervisor - Connected to zeromq:inproc://");
  }

  /** The classes of the API, of the program and of adapters, in one place. */
  private Path fatJar(String... adapters) throws IOException {
    Path jar = directory.resolve("fat");
    copy(Path.of("../mq-api/target/classes"), jar);
    copy(Path.of("../samples/target/classes"), jar);
    StringBuilder services = new StringBuilder();
    for (String adapter : adapters) {
      Path classes = Path.of("../mq-" + adapter + "/target/classes");
      copy(classes, jar);
      services.append(Files.readString(classes.resolve(SERVICES))).append('\n');
    }
    Files.writeString(jar.resolve(SERVICES), services);
    return jar;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static Path jarOf(String type) throws Exception {
    return Path.of(Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private String run(@Nullable String url, Path jar, boolean withClients, Path... more)
      throws Exception {
    Stream<Path> libraries =
        Stream.of(classPath().split(File.pathSeparator, -1))
            .filter(entry -> entry.endsWith(".jar") && !entry.contains("/mq-"))
            .filter(entry -> withClients || !entry.matches(CLIENTS))
            .map(Path::of);
    List<String> entries =
        Stream.of(Stream.of(jar), libraries, Stream.of(more))
            .flatMap(part -> part)
            .map(Path::toString)
            .toList();
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, entries),
                "io.anymq.samples.Quickstart")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ANYMQ_"));
    if (url != null) {
      builder.environment().put("ANYMQ_URL", url);
    }
    Process process = builder.start();
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    return Files.readString(output);
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
