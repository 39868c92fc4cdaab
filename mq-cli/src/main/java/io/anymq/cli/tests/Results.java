package io.anymq.cli.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * What Surefire has reported of this run.
 *
 * @param modules the modules
 * @param since when the run began
 */
record Results(Modules modules, FileTime since) {

  /** What was reported of a module by now. */
  TestReports of(String module) {
    Path directory = modules.directories().get(module);
    if (directory == null) {
      return TestReports.NONE;
    }
    try {
      return TestReports.of(directory, since);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether there is something in a module to compile. */
  boolean hasSources(String module) {
    Path directory = modules.directories().get(module);
    return directory != null && Files.isDirectory(directory.resolve("src"));
  }
}
