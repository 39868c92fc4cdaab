package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher {@code mq} in a checkout of its own, with a Maven and a Java that only say so. */
class LauncherTest {

  private static final Path REAL_HOME = Path.of("..").toAbsolutePath().normalize();
  private static final String PAGES = "mq-cli/src/main/resources/io/anymq/cli/help";

  /** Where an adapter has what {@code mq compare} runs. */
  private static final String HARNESS = "mq-zeromq/src/test/java";

  private static final String MAVEN =
      """
      #!/bin/sh
      echo "[INFO] Building The API 1.0    [1/2]"
      mkdir -p mq-cli/target/classes
      echo "$PWD/mq-cli/target/classes" >mq-cli/target/runtime.classpath
      echo built >>"$LAUNCHER_TEST_BUILDS"
      """;

  private static final String JAVA =
      """
      #!/bin/sh
      case $* in
        -version) echo 'openjdk version "17.0.1"' >&2 ;;
        --list-modules) echo jdk.compiler@17 ;;
        *) echo "java $*" ;;
      esac
      """;

  @TempDir Path directory;
  private Path home;
  private int exitCode;

  @BeforeEach
  void makeCheckout() throws IOException {
    home = Files.createDirectories(directory.resolve("home"));
    Files.copy(REAL_HOME.resolve("mq"), home.resolve("mq"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String part :
        List.of("mq-cli/src/main", HARNESS, "mq-tck/brokers/b/src", "samples/data", ".mvn")) {
      Files.createDirectories(home.resolve(part));
    }
    for (String pom : List.of("pom.xml", "mq-cli/pom.xml", "mq-tck/brokers/b/pom.xml")) {
      Files.writeString(home.resolve(pom), "<project/>");
    }
    copyPages();
    Files.createDirectories(directory.resolve("bin"));
    executable("mvn", MAVEN);
    executable("java", JAVA);
  }

  private void copyPages() throws IOException {
    Files.createDirectories(home.resolve(PAGES));
    try (Stream<Path> pages = Files.list(REAL_HOME.resolve(PAGES))) {
      for (Path page : pages.toList()) {
        Files.copy(page, home.resolve(PAGES).resolve(page.getFileName()));
      }
    }
  }

  private void executable(String name, String script) throws IOException {
    Path file = Files.writeString(directory.resolve("bin/" + name), script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void helpOfEveryCommandIsShownWithoutABuild() throws Exception {
    Files.delete(directory.resolve("bin/mvn"));
    Files.delete(directory.resolve("bin/java"));
    assertThat(run(home, "--help")).isEqualTo(HelpPages.pages().get("mq.txt"));
    assertThat(run(home, "test", "--help")).isEqualTo(HelpPages.pages().get("test.txt"));
    assertThat(run(home, "sample", "chat", "--help"))
        .isEqualTo(HelpPages.pages().get("sample.txt"));
    assertThat(run(home, "demo", "--rows", "3", "-h")).isEqualTo(HelpPages.pages().get("demo.txt"));
    assertThat(run(home, "docs", "--help")).isEqualTo(HelpPages.pages().get("docs.txt"));
    assertThat(run(home)).startsWith("mq: A command is missing.\nUsage: mq");
    assertThat(run(home, "-v")).isEqualTo(run(home));
    assertThat(builds()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"queues", "demos", "brokr", "mq", "de", "../mq", "a\\nb", "x y", "Demo"})
  void wordThatIsNoCommandIsAnsweredAsTheCommandLineDoesAndWithoutABuild(String word)
      throws Exception {
    String answer = "mq: " + CommandNames.unknown(Main.commandLine(), word) + "\n";
    assertThat(run(home, word)).isEqualTo(answer);
    assertThat(exitCode).isEqualTo(2);
    assertThat(run(home, "-v", word, "--help")).isEqualTo(answer);
    assertThat(exitCode).isEqualTo(2);
    assertThat(builds()).isZero();
  }

  @Test
  void optionOfNoCommandIsAnsweredWithoutABuild() throws Exception {
    assertThat(run(home, "--versoin"))
        .isEqualTo("mq: There is no option '--versoin'. Try: mq --help\n");
    assertThat(exitCode).isEqualTo(2);
    assertThat(builds()).isZero();
    assertThat(run(home, "--version")).contains("io.anymq.cli.Main --version");
  }

  @Test
  void secondRunDoesNotBuild() throws Exception {
    assertThat(run(home, "demo")).contains("mq: building The API [1/2]", "io.anymq.cli.Main demo");
    assertThat(run(home, "demo")).startsWith("java ");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void harnessThatIsNewerThanTheBuildIsBuilt() throws Exception {
    run(home, "compare");
    Path harness = Files.writeString(home.resolve(HARNESS + "/Harness.java"), "class Harness {}");
    Files.setLastModifiedTime(harness, FileTime.from(Instant.now().plusSeconds(10)));
    run(home, "compare");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void copyWithAllItsTimesIsBuiltInItsNewPlace() throws Exception {
    run(home, "demo");
    Path copy = directory.resolve("copy");
    command(directory, "cp", "-a", home.toString(), copy.toString());
    assertThat(run(copy, "demo")).contains("-cp " + copy + "/mq-cli/target/classes:" + copy);
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void movedCheckoutIsBuiltInItsNewPlace() throws Exception {
    run(home, "demo");
    Path moved = Files.move(home, directory.resolve("moved"));
    assertThat(run(moved, "demo")).contains("-cp " + moved + "/mq-cli/target/classes:" + moved);
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void jarThatHasGoneIsFetchedAgain() throws Exception {
    run(home, "demo");
    Files.writeString(home.resolve("mq-cli/target/runtime.classpath"), home + "/no-such.jar");
    run(home, "demo");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void buildThatFailsShowsItsErrorsAndItsLog() throws Exception {
    executable("mvn", "#!/bin/sh\necho '[INFO] noise'\necho '[ERROR] It broke'\nexit 1\n");
    assertThat(run(home, "demo"))
        .contains("[ERROR] It broke", "The build failed", home + "/mq-cli/target/build.log")
        .doesNotContain("noise");
  }

  private long builds() throws IOException {
    Path file = directory.resolve("builds");
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private String run(Path checkout, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("mq").toString()));
    command.addAll(List.of(arguments));
    return command(checkout, command.toArray(String[]::new));
  }

  private String command(Path where, String... command) throws Exception {
    Path output = Files.createTempFile(directory, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("LAUNCHER_TEST_BUILDS", directory.resolve("builds").toString());
    builder.environment().merge("PATH", directory.resolve("bin") + ":", (old, bin) -> bin + old);
    Process process = builder.start();
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    exitCode = process.exitValue();
    return Files.readString(output);
  }
}
