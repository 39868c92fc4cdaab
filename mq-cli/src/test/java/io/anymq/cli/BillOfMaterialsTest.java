package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a project that depends on AnyMQ relies on: the bill of materials, the poms, the README. */
class BillOfMaterialsTest {

  private static final Path HOME = Path.of("..");
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>((?:mq|anymq)-[a-z-]+)<");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final String LICENSE_DIRECTORY = "<directory>${license.directory}</directory>";
  private static final String NOT_PUBLISHED = "<maven.deploy.skip>true<";

  @Test
  void namesEveryModuleThatIsPublished() throws IOException {
    List<String> published =
        modules()
            .filter(module -> !isBom(module) && isPublished(module))
            .map(Path::of)
            .map(BillOfMaterialsTest::artifact)
            .toList();
    assertThat(found(ARTIFACT, bom()).filter(name -> !name.equals("anymq-bom")))
        .containsExactlyInAnyOrderElementsOf(published);
  }

  @Test
  void samplesBenchAndCommandLineAreNotPublished() throws IOException {
    assertThat(modules().filter(module -> !isPublished(module)))
        .containsExactlyInAnyOrder("mq-tck/tests", "samples", "mq-bench", "mq-cli");
  }

  @Test
  void bomAndReadmeHaveTheVersionOfTheProject() throws IOException {
    String version = "<version>" + VersionProvider.version() + "</version>";
    assertThat(bom()).contains("<artifactId>anymq-bom</artifactId>\n  " + version);
    assertThat(Files.readString(HOME.resolve("README.md"))).contains(version);
  }

  /** Jars are packed from there, that of the harness too. */
  @ParameterizedTest
  @MethodSource("modules")
  void jarsOfEachModuleThatIsPublishedHaveItsLicence(String module) throws IOException {
    if (!isPublished(module) || isBom(module)) {
      return;
    }
    for (String file : List.of("LICENSE", "NOTICE")) {
      for (String classes : List.of("classes", "test-classes")) {
        Path own = HOME.resolve(module).resolve("target").resolve(classes);
        assertThat(own.resolve("META-INF").resolve(file))
            .hasSameTextualContentAs(HOME.resolve(file));
      }
    }
  }

  /** The sources' jar has what a module's pom names as resources, and else the root's. */
  @ParameterizedTest
  @MethodSource("modules")
  void sourcesOfEachModuleThatIsPublishedHaveItsLicence(String module) {
    String pom = pom(module).contains("<resources>") ? pom(module) : pom(".");
    if (isPublished(module)) {
      assertThat(pom).containsSubsequence("<resources>", LICENSE_DIRECTORY, "</resources>");
    }
  }

  @Test
  void javadocHasTheLicence() {
    assertThat(pom("."))
        .containsSubsequence(
            "<id>release</id>",
            "<id>license-of-javadoc</id>",
            "<outputDirectory>${project.build.directory}/reports/apidocs<",
            LICENSE_DIRECTORY);
  }

  @Test
  void releaseHasSourcesAndJavadocAndSaysWhereItComesFrom() {
    assertThat(pom("."))
        .contains("<artifactId>maven-source-plugin<", "<goal>jar-no-fork<")
        .contains("<artifactId>maven-javadoc-plugin<", "<goal>jar</goal>")
        .contains("<scm ", "<licenses>", "<developers>");
  }

  @ParameterizedTest
  @MethodSource("modules")
  void moduleSaysWhatItIs(String module) throws IOException {
    assertThat(pom(module)).contains("<name>", "<description>");
  }

  static Stream<String> modules() throws IOException {
    return found(MODULE, pom("."));
  }

  private static boolean isBom(String module) {
    return module.equals("mq-bom");
  }

  private static boolean isPublished(String module) {
    return !pom(module).contains(NOT_PUBLISHED);
  }

  private static String artifact(Path module) {
    String own = pom(module.toString()).replaceFirst("(?s)<parent>.*?</parent>", "");
    return found(ARTIFACT, own).findFirst().orElseThrow();
  }

  private static Stream<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult result) -> result.group(1));
  }

  private static String bom() {
    return pom("mq-bom");
  }

  private static String pom(String module) {
    try {
      return Files.readString(HOME.resolve(module).resolve("pom.xml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
