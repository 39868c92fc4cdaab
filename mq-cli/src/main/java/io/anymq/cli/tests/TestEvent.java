package io.anymq.cli.tests;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line that {@link TestEvents} wrote.
 *
 * @param kind what happened
 * @param directory the module's
 * @param id JUnit's, unique in a module
 * @param name as a person reads it
 */
record TestEvent(Kind kind, Path directory, String id, String name) {

  private static final Pattern CLASS = Pattern.compile("\\[class:([^\\]]+)\\]");

  enum Kind {
    BEGUN,
    PASSED,
    FAILED,
    SKIPPED
  }

  /** Reads a line; empty when it is none of these. */
  static Optional<TestEvent> parse(String line) {
    String[] parts = line.split("\t", 4);
    if (parts.length < 4) {
      return Optional.empty();
    }
    Kind kind =
        switch (parts[0]) {
          case "B" -> Kind.BEGUN;
          case "P" -> Kind.PASSED;
          case "F" -> Kind.FAILED;
          default -> Kind.SKIPPED;
        };
    return Optional.of(new TestEvent(kind, Path.of(parts[1]), parts[2], parts[3]));
  }

  /** The simple name of the class that the test is in. */
  String className() {
    Matcher matcher = CLASS.matcher(id);
    return matcher.find() ? matcher.group(1).replaceAll(".*\\.", "") : "";
  }
}
