package io.anymq.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a report as {@code bench.json}. */
final class BenchJson {

  /** The file's name in the output directory. */
  static final String NAME = "bench.json";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private BenchJson() {}

  /** As text. */
  static String text(BenchReport report) {
    try {
      return MAPPER.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A report of strings and numbers was not written", e);
    }
  }

  /**
   * Writes the file, and the directory where it is missing.
   *
   * @return the file
   */
  static Path write(BenchReport report, Path directory) throws IOException {
    Files.createDirectories(directory);
    return Files.writeString(directory.resolve(NAME), text(report) + "\n");
  }
}
