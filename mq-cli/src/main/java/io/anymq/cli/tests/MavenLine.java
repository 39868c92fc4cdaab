package io.anymq.cli.tests;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line that Maven prints says about the build. With two modules at a time their lines are
 * mixed, but each of these names its module.
 *
 * @param kind what it says
 * @param module the module's artifact or, for {@link Kind#LEFT_OUT}, the name that its pom gives it
 * @param goal the goal that begins; for others empty
 */
record MavenLine(Kind kind, String module, String goal) {

  /**
   * {@code --- surefire:3.5.6:test (default-test) @ mq-api ---}, as Maven 3.8, 3.9 and 4 have it.
   */
  private static final Pattern GOAL =
      Pattern.compile("--- ([\\w-]+?):[^:]+:([\\w-]+) \\([^)]*\\) @ (\\S+) ---");

  /** {@code [INFO] AnyMQ adapter for Kafka ...... SKIPPED}. */
  private static final Pattern LEFT_OUT = Pattern.compile("\\[INFO\\] (.+?) \\.* ?SKIPPED");

  enum Kind {
    /** A plug-in's goal begins in a module. */
    GOAL,
    /** The summary says that a module was not built. */
    LEFT_OUT
  }

  /** Reads a line; empty for the many that say nothing of the kind. */
  static Optional<MavenLine> parse(String line) {
    Matcher goal = GOAL.matcher(line);
    if (goal.find()) {
      String plugin = goal.group(1).replaceAll("^maven-|-maven|-plugin$", "");
      return Optional.of(new MavenLine(Kind.GOAL, goal.group(3), plugin + ":" + goal.group(2)));
    }
    Matcher leftOut = LEFT_OUT.matcher(line);
    return leftOut.find()
        ? Optional.of(new MavenLine(Kind.LEFT_OUT, leftOut.group(1), ""))
        : Optional.empty();
  }

  /** Whether the module's tests begin with it. */
  boolean runsTests() {
    return goal.equals("surefire:test");
  }

  /** What the module does now, for a person. */
  String activity() {
    return switch (goal) {
      case "compiler:compile" -> "compiling";
      case "compiler:testCompile" -> "compiling its tests";
      case "surefire:test" -> "starting its tests";
      case "jar:jar", "jar:test-jar" -> "packing";
      case "spotless:check" -> "checking the format";
      default -> goal;
    };
  }
}
