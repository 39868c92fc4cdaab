package io.anymq.tck.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Keeps the result of an earlier run, which may have taken long, from being written over. */
public final class FormerFile {

  private FormerFile() {}

  /**
   * Renames a file, if it is there: {@code report.json} becomes {@code report-1.json}, or whichever
   * number is free.
   *
   * @param file the file that is about to be written
   * @return what the former one is called now; empty when there was none
   * @throws IOException when it cannot be renamed
   */
  public static Optional<Path> keep(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    int number = 1;
    Path kept;
    do {
      kept = file.resolveSibling(name.substring(0, dot) + "-" + number++ + name.substring(dot));
    } while (Files.exists(kept));
    return Optional.of(Files.move(file, kept));
  }
}
