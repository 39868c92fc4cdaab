package io.anymq.cli.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Runs inside the JVM of a module's tests, and appends a line to a file for each test that begins
 * or ends. Surefire itself reports a class when all of it is done, and the kit is one class of many
 * minutes. JUnit finds this class on the class path that {@link TestRun} adds to the tests'; it
 * must be one class file, and use no other class of this project.
 */
public final class TestEvents implements TestExecutionListener {

  /**
   * The system property that names the file; without it nothing is written. Properties that begin
   * with {@code anymq.} are the library's.
   */
  public static final String FILE = "mq.test.events";

  private static final String DIRECTORY = System.getProperty("basedir", "");
  private static final String TARGET = System.getProperty(FILE, "");

  /** For JUnit. */
  public TestEvents() {}

  @Override
  public void executionStarted(TestIdentifier test) {
    if (test.isTest()) {
      write('B', test);
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    write('S', test);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      write('F', test);
    } else if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      write('S', test);
    } else if (test.isTest()) {
      write('P', test);
    }
  }

  /** In one call for each line, so that lines of several JVMs do not mix. */
  private static void write(char kind, TestIdentifier test) {
    if (TARGET.isEmpty()) {
      return;
    }
    String name = test.getDisplayName().replaceAll("\\s+", " ");
    String line = "%c\t%s\t%s\t%s%n".formatted(kind, DIRECTORY, test.getUniqueId(), name);
    try {
      Files.write(
          Path.of(TARGET), line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
