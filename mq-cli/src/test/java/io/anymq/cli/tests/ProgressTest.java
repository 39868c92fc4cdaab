package io.anymq.cli.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of tests as its user sees it, with Maven's lines and Surefire's reports made up. */
class ProgressTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final List<String> MODULES = List.of("mq-one", "mq-two");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @TempDir Path home;

  @BeforeEach
  void makeModules() throws IOException {
    for (String module : MODULES) {
      Files.createDirectories(home.resolve(module + "/src"));
      Files.createDirectories(reports(module));
      Files.writeString(
          home.resolve(module + "/pom.xml"),
          "<project><parent><artifactId>p</artifactId></parent><artifactId>%s</artifactId><name>The %s</name></project>"
              .formatted(module, module));
    }
  }

  @Test
  void moduleBeginsAndEndsWithItsCounts() throws IOException {
    Progress progress = progress(false);
    report("mq-one", "a.FooTest", "<testcase name='x'/><testcase name='y'/>", 2, 0);
    goal(progress, "compiler:compile", "mq-one", 1);
    goal(progress, "surefire:test", "mq-one", 2);
    goal(progress, "compiler:compile", "mq-two", 3);
    goal(progress, "jar:jar", "mq-one", 40);
    progress.maven(MavenLine.parse("[INFO] The mq-two ....... SKIPPED").orElseThrow(), 41 * SECOND);
    progress.ended(42 * SECOND);
    assertThat(lines())
        .containsExactly(
            "  0:01  mq-one                  begins",
            "  0:03  mq-two                  begins",
            "  0:40  mq-one                  2 passed, 39 s",
            "  0:42  mq-two                  no tests, 39 s",
            "Not run because of what failed before: mq-two");
  }

  @Test
  void failureIsShownAtOnceAndLinesOfAPipeGetRarer() throws IOException {
    Progress progress = progress(false);
    goal(progress, "surefire:test", "mq-one", 0);
    event(progress, "B", "X-01 Something holds", 1);
    event(progress, "F", "X-01 Something holds", 2);
    event(progress, "B", "X-02 Another thing", 3);
    for (int second = 3; second < 3600; second++) {
      progress.tick(second * SECOND);
    }
    assertThat(lines())
        .contains("  0:02  mq-one                  FAILED: FooTest X-01 Something holds")
        .contains("  1:00  mq-one: 1 test, 1 FAILED, now X-02 for 57 s")
        .hasSizeLessThan(35);
  }

  @Test
  void terminalKeepsOneLineForWhatGoesOn() throws IOException {
    Progress progress = progress(true);
    goal(progress, "surefire:test", "mq-one", 0);
    progress.tick(5 * SECOND);
    progress.tick(6 * SECOND);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("\r\033[K  0:06  mq-one: starting its tests")
        .doesNotContain("tests\n");
  }

  @Test
  void endNamesWhatFailedWhyAndWhereItsLogIs() throws IOException {
    report(
        "mq-one",
        "a.FooTest",
        "<testcase name='everyRule() X-01'><failure message='X-01 Something&#10;Intent: it"
            + " holds&#10;&#10;It does not hold.&#10;&#10;The broker&apos;s log"
            + " ends:&#10;noise'/></testcase><testcase name='y'/>",
        2,
        1);
    Files.writeString(reports("mq-one").resolve("a.FooTest-output.txt"), "all of it");
    Path log = Files.writeString(home.resolve("mq-test.log"), "[ERROR] There are test failures.\n");
    new Conclusion(screen(false), home).show(results(), 1, log);
    assertThat(lines())
        .containsExactly(
            "",
            "Failed:",
            "  1. mq-one: FooTest everyRule() X-01",
            "       X-01 Something",
            "       Intent: it holds",
            "       It does not hold.",
            "     Log: mq-one/target/surefire-reports/a.FooTest-output.txt",
            "",
            "What Maven printed: mq-test.log",
            "Tests run: 2, Failures: 1, Errors: 0, Skipped: 0",
            "1 passed, 1 failed");
  }

  @Test
  void beyondTwentyFailuresTheirClassesAreCounted() throws IOException {
    report("mq-one", "a.FooTest", failing(18), 18, 18);
    report("mq-two", "a.BarTest", failing(400), 400, 400);
    report("mq-two", "b.BazTest", failing(1), 1, 1);
    Path log = Files.writeString(home.resolve("mq-test.log"), "");
    new Conclusion(screen(false), home).show(results(), 1, log);
    assertThat(lines())
        .contains("  18. mq-one: FooTest t18", "  20. mq-two: BarTest t2")
        .doesNotContain("  21. mq-two: BarTest t3")
        .containsSubsequence(
            "  398 more of mq-two: BarTest; log: mq-two/target/surefire-reports/a.BarTest.txt",
            "  1 more of mq-two: BazTest; log: mq-two/target/surefire-reports/b.BazTest.txt",
            "0 passed, 419 failed")
        .hasSizeLessThan(70);
  }

  @Test
  void endlessLineOfAMessageIsCut() throws IOException {
    String message = "x".repeat(50_000);
    report(
        "mq-one",
        "a.FooTest",
        "<testcase name='x'><failure message='%s'/></testcase>".formatted(message),
        1,
        1);
    Path log = Files.writeString(home.resolve("mq-test.log"), "");
    new Conclusion(screen(false), home).show(results(), 1, log);
    assertThat(lines()).hasSizeLessThan(20).anyMatch(line -> line.endsWith("x…"));
  }

  private static String failing(int tests) {
    return IntStream.rangeClosed(1, tests)
        .mapToObj(
            "<testcase name='t%d'><failure message='It does not hold.'/></testcase>"::formatted)
        .collect(Collectors.joining());
  }

  @Test
  void faultThatIsNoTestsIsMavensToSay() throws IOException {
    Path log =
        Files.writeString(
            home.resolve("mq-test.log"),
            "[INFO] fine\n[ERROR] Foo.java:[3,1] ';' expected\n[ERROR] Re-run Maven using -X\n");
    new Conclusion(screen(false), home).show(results(), 1, log);
    assertThat(lines()).contains("  Foo.java:[3,1] ';' expected", "0 passed, 0 failed");
    assertThat(lines()).noneMatch(line -> line.contains("Re-run"));
  }

  @Test
  void characterThatXmlDoesNotAllowIsNoObstacle() throws IOException {
    report(
        "mq-one",
        "a.FooTest",
        "<testcase name='[3] \uFFFF'><failure message='not &#0; nor &#xFFFF; but"
            + " &#228;'/></testcase>",
        1,
        1);
    TestReports.Failure failure = results().of("mq-one").failures().get(0);
    assertThat(failure.test()).isEqualTo("FooTest [3] \uFFFD");
    assertThat(failure.message()).isEqualTo("not \uFFFD nor \uFFFD but ä");
  }

  @Test
  void damagedReportIsAnErrorAndTheOthersAreTold() throws IOException {
    Files.writeString(reports("mq-one").resolve("TEST-a.BarTest.xml"), "<testsuite name='a.Bar");
    report("mq-one", "a.FooTest", "<testcase name='x'/>", 1, 0);
    TestReports reports = results().of("mq-one");
    assertThat(reports.counts()).isEqualTo(new Counts(2, 0, 1, 0));
    assertThat(reports.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.message()).contains("TEST-a.BarTest.xml"));
  }

  @Test
  void bytesThatAreNoTextAreNoObstacleInMavensLog() throws IOException {
    Path log = home.resolve("mq-test.log");
    Files.write(log, "[ERROR] Größe\n".getBytes(StandardCharsets.ISO_8859_1));
    new Conclusion(screen(false), home).show(results(), 1, log);
    assertThat(lines()).contains("  Gr\uFFFD\uFFFDe");
  }

  @Test
  void reportOfAnEarlierRunDoesNotCount() throws IOException {
    report("mq-one", "a.FooTest", "<testcase name='x'/>", 1, 0);
    FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);
    assertThat(new Results(Modules.in(home), later).of("mq-one")).isEqualTo(TestReports.NONE);
  }

  private void report(String module, String type, String tests, int count, int failed)
      throws IOException {
    Files.writeString(
        reports(module).resolve("TEST-" + type + ".xml"),
        "<testsuite name='%s' tests='%d' failures='%d' errors='0' skipped='0'>%s</testsuite>"
            .formatted(type, count, failed, tests));
  }

  private Path reports(String module) {
    return home.resolve(module + "/target/surefire-reports");
  }

  private static void goal(Progress progress, String goal, String module, long second) {
    String line = "--- " + goal.replace(":", ":1.0:") + " (default) @ " + module + " ---";
    progress.maven(MavenLine.parse(line).orElseThrow(), second * SECOND);
  }

  private void event(Progress progress, String kind, String name, long second) {
    String line =
        kind + "\t" + home.resolve("mq-one") + "\t[class:a.FooTest]/" + name + "\t" + name;
    progress.test(TestEvent.parse(line).orElseThrow(), second * SECOND);
  }

  private Progress progress(boolean terminal) throws IOException {
    return new Progress(screen(terminal), results(), 0);
  }

  private Results results() throws IOException {
    return new Results(Modules.in(home), FileTime.fromMillis(0));
  }

  private Screen screen(boolean terminal) {
    return new Screen(out, terminal, 100);
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
