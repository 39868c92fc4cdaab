package io.anymq.cli.tests;

import io.anymq.cli.tests.TestReports.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is shown at the end: what failed, what it says and where its log is, and the sum. */
final class Conclusion {

  /** What is behind it is the end of the broker's log, which the test's log has too. */
  private static final String BROKER_LOG = "The broker's log ends:";

  private static final int MAX_MESSAGE_LINES = 15;
  private static final int MAX_LINE_LENGTH = 500;

  /** Of more, the classes are counted: a broker that dies under the kit fails hundreds of tests. */
  private static final int MAX_FAILURES = 20;

  private static final int MAX_ERRORS = 12;

  /** Maven's words around an error. */
  private static final List<String> PHRASES =
      List.of(
          "There are test failures",
          "To see the full stack trace",
          "Re-run Maven",
          "For more information about the errors",
          "After correcting the problems",
          "mvn <args>",
          "[Help ",
          "See /",
          "See dump files");

  private final Screen screen;
  private final Path home;

  Conclusion(Screen screen, Path home) {
    this.screen = screen;
    this.home = home;
  }

  /** Shows it all. */
  void show(Results results, int exitCode, Path mavenLog) throws IOException {
    Counts sum = Counts.NONE;
    int failed = 0;
    for (String module : results.modules().directories().keySet()) {
      TestReports reports = results.of(module);
      sum = sum.plus(reports.counts());
      Map<Path, List<Failure>> more = new LinkedHashMap<>();
      for (Failure failure : reports.failures()) {
        if (++failed <= MAX_FAILURES) {
          show(module, failure, failed);
        } else {
          more.computeIfAbsent(failure.log(), log -> new ArrayList<>()).add(failure);
        }
      }
      more.values().forEach(failures -> showCount(module, failures));
    }
    if (exitCode != 0) {
      showErrors(mavenLog, failed > 0);
    }
    screen.line("");
    screen.text("", "What Maven printed: " + home.relativize(mavenLog));
    screen.line(sum.surefireLine());
    screen.line("%d passed, %d failed".formatted(sum.passed(), sum.failed()));
  }

  private void show(String module, Failure failure, int number) {
    if (number == 1) {
      screen.line("");
      screen.line("Failed:");
    }
    screen.text("  ", number + ". " + module + ": " + failure.test());
    screen.text("       ", shortened(failure.message()));
    screen.text("     ", "Log: " + home.relativize(failure.log()));
  }

  private void showCount(String module, List<Failure> ofOneClass) {
    Failure first = ofOneClass.get(0);
    screen.text(
        "  ",
        "%d more of %s: %s; log: %s"
            .formatted(ofOneClass.size(), module, first.className(), home.relativize(first.log())));
  }

  private static String shortened(String message) {
    int log = message.indexOf(BROKER_LOG);
    String own = (log < 0 ? message : message.substring(0, log)).strip();
    List<String> lines = own.lines().filter(line -> !line.isBlank()).map(Conclusion::cut).toList();
    if (lines.size() <= MAX_MESSAGE_LINES) {
      return String.join("\n", lines);
    }
    int more = lines.size() - MAX_MESSAGE_LINES;
    return String.join("\n", lines.subList(0, MAX_MESSAGE_LINES))
        + "\n("
        + more
        + " more lines are in the log)";
  }

  private static String cut(String line) {
    return line.length() <= MAX_LINE_LENGTH ? line : line.substring(0, MAX_LINE_LENGTH) + "…";
  }

  /** Of a build that did not fail by its tests alone. */
  private void showErrors(Path mavenLog, boolean testsFailed) throws IOException {
    List<String> errors = errors(mavenLog, testsFailed);
    if (!errors.isEmpty()) {
      screen.line("");
      screen.line("Maven says:");
      errors.stream().limit(MAX_ERRORS).forEach(error -> screen.text("  ", error));
    }
  }

  private static List<String> errors(Path mavenLog, boolean testsFailed) throws IOException {
    List<String> errors = new ArrayList<>();
    boolean ofTests = false;
    // Whatever a broker or a compiler has printed: bytes that are no UTF-8 are not an error here.
    String log = new String(Files.readAllBytes(mavenLog), StandardCharsets.UTF_8);
    for (String line : log.lines().filter(each -> each.startsWith("[ERROR] ")).toList()) {
      String error = line.substring("[ERROR] ".length());
      ofTests = isOfTests(error) || (ofTests && error.startsWith(" "));
      boolean told = testsFailed && ofTests;
      if (!told && !error.isBlank() && PHRASES.stream().noneMatch(error::contains)) {
        errors.add(error);
      }
    }
    return errors.stream().distinct().toList();
  }

  /** Surefire's own list of what failed, which is shown from its reports. */
  private static boolean isOfTests(String error) {
    return error.startsWith("Tests run:")
        || error.startsWith("Failures:")
        || error.startsWith("Errors:")
        || error.contains("<<< FAILURE!")
        || error.contains("<<< ERROR!");
  }
}
