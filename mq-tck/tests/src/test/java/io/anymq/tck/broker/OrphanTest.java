package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM that starts a broker and is then killed, without a chance to clean up. */
@Timeout(120)
class OrphanTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * The program of that JVM: starts a broker, freezes it if told to, says where it is and waits.
   */
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws IOException {
      BrokerSettings local =
          BrokerSettings.system().with("anymq.tck.provisioning", "local-process");
      BrokerHandle broker = BrokerProvisioner.with(local).start("activemq");
      switch (args[0]) {
        case "frozen" -> broker.pause();
        case "down" -> broker.kill();
        default -> broker.resume();
      }
      System.out.println("ready " + broker.url());
      int end = System.in.read();
      System.exit(end);
    }
  }

  @Test
  void theBrokerOfAKilledJvmGoesAway() throws Exception {
    assertNothingRemains("running", false);
  }

  @Test
  void aFrozenBrokerGoesAwayToo() throws Exception {
    assertNothingRemains("frozen", false);
  }

  @Test
  void theDirectoryOfABrokerThatIsDownGoesAwayToo() throws Exception {
    assertNothingRemains("down", false);
  }

  @Test
  void aJvmThatEndsInAnOrderlyWayCleansUp() throws Exception {
    assertNothingRemains("running", true);
  }

  private static void assertNothingRemains(String how, boolean orderly) throws IOException {
    Path temporary = Files.createTempDirectory("orphan-");
    Process parent = start(how, temporary);
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      String url = out.lines().filter(line -> line.startsWith("ready ")).findFirst().orElseThrow();
      List<ProcessHandle> children = parent.descendants().collect(Collectors.toList());
      assertThat(children).isNotEmpty();
      assertThat(entries(temporary)).isNotEmpty();
      if (orderly) {
        parent.destroy();
      } else {
        parent.destroyForcibly();
      }
      assertThat(
              Remains.within(LIMIT, () -> children.stream().noneMatch(ManagedProcess::isRunning)))
          .as("the processes are gone")
          .isTrue();
      assertThat(Remains.within(LIMIT, () -> entries(temporary).isEmpty()))
          .as("the directory is gone")
          .isTrue();
      assertThat(Remains.isFree(url.substring("ready ".length()))).isTrue();
    } finally {
      parent.destroyForcibly();
      BrokerPlace.delete(temporary);
    }
  }

  /**
   * The JVM's own file of performance counters is in there as well, and stays when it is killed.
   */
  private static List<Path> entries(Path temporary) {
    try (var all = Files.list(temporary)) {
      return all.filter(path -> path.getFileName().toString().startsWith("anymq-")).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Process start(String how, Path temporary) throws IOException {
    String classPath =
        JvmBroker.ownClassPath().stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            classPath,
            Parent.class.getName(),
            how);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder.start();
  }
}
