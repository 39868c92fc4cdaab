package io.anymq.cli.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What Surefire reports of one module, in files; those of earlier runs are left out.
 *
 * @param counts the sum over all classes
 * @param failures the tests that failed
 */
record TestReports(Counts counts, List<Failure> failures) {

  /**
   * A test that failed.
   *
   * @param className its class, without the package
   * @param name its name in that class
   * @param message what it says
   * @param log the file with all that was printed while its class ran
   */
  record Failure(String className, String name, String message, Path log) {

    /** Its class and its name. */
    String test() {
      return (className + " " + name).strip();
    }
  }

  static final TestReports NONE = new TestReports(Counts.NONE, List.of());

  /** The reports in that module that were written since then. */
  static TestReports of(Path module, FileTime since) throws IOException {
    Path directory = module.resolve("target/surefire-reports");
    if (!Files.isDirectory(directory)) {
      return NONE;
    }
    Counts counts = Counts.NONE;
    List<Failure> failures = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(TestReports::isReport).sorted().toList()) {
        if (Files.getLastModifiedTime(file).compareTo(since) >= 0) {
          counts = counts.plus(read(file, failures));
        }
      }
    }
    return new TestReports(counts, List.copyOf(failures));
  }

  private static boolean isReport(Path file) {
    return file.getFileName().toString().matches("TEST-.*\\.xml");
  }

  /** A report that cannot be read is an error of its own: the others are told all the same. */
  private static Counts read(Path file, List<Failure> failures) {
    try {
      Element suite = Xml.read(file);
      addFailures(suite, file, failures);
      return counts(suite);
    } catch (IOException | IllegalArgumentException e) {
      failures.add(new Failure(file.getFileName().toString(), "", message(e), file));
      return new Counts(1, 0, 1, 0);
    }
  }

  private static String message(Exception failure) {
    return "The report of a test class is damaged; run that class again. " + failure.getMessage();
  }

  private static Counts counts(Element suite) {
    return new Counts(
        number(suite, "tests"),
        number(suite, "failures"),
        number(suite, "errors"),
        number(suite, "skipped"));
  }

  private static int number(Element suite, String name) {
    String value = suite.getAttribute(name);
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  private static void addFailures(Element suite, Path report, List<Failure> failures) {
    NodeList tests = suite.getElementsByTagName("testcase");
    for (int i = 0; i < tests.getLength(); i++) {
      Element test = (Element) tests.item(i);
      for (String kind : List.of("failure", "error")) {
        if (test.getElementsByTagName(kind).item(0) instanceof Element fault) {
          failures.add(failure(suite, test, fault, report));
        }
      }
    }
  }

  private static Failure failure(Element suite, Element test, Element fault, Path report) {
    String type = suite.getAttribute("name");
    Path printed = report.resolveSibling(type + "-output.txt");
    Path trace = report.resolveSibling(type + ".txt");
    String message = fault.getAttribute("message");
    return new Failure(
        type.replaceAll(".*\\.", ""),
        test.getAttribute("name"),
        message.isBlank() ? fault.getAttribute("type") : message,
        Files.exists(printed) ? printed : trace);
  }
}
