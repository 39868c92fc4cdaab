package io.anymq.tck.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes and reads {@code report.json}. */
public final class ReportFile {

  /** The file's name in the output directory. */
  public static final String NAME = "report.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ReportFile() {}

  /**
   * Makes sure that a report can be written there.
   *
   * @param directory where; made if it is not there
   * @throws IOException when it cannot
   */
  public static void requireWritable(Path directory) throws IOException {
    Path file = Files.createDirectories(directory).resolve(NAME);
    if (!Files.isWritable(Files.exists(file) ? file : directory)) {
      throw new IOException("no report can be written to " + file);
    }
  }

  /**
   * Writes a report.
   *
   * @param report the report
   * @param directory where; made if it is not there
   * @return the file
   * @throws IOException when it cannot be written
   */
  public static Path write(Report report, Path directory) throws IOException {
    Path file = Files.createDirectories(directory).resolve(NAME);
    Files.writeString(file, JSON.writeValueAsString(report) + "\n");
    return file;
  }

  /**
   * Reads a report.
   *
   * @param file the file
   * @return the report
   * @throws IOException when it cannot be read, or is not of this form
   */
  public static Report read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Report.class);
  }
}
