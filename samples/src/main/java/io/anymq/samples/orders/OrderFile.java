package io.anymq.samples.orders;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of a file of orders, as they are: bytes, not yet looked at. */
final class OrderFile {

  private OrderFile() {}

  /**
   * Reads the rows behind the header.
   *
   * @param file the file; empty: the one that comes with the samples
   * @param max how many rows at most
   * @return the rows, without line ends
   * @throws IOException when the file cannot be read
   */
  static List<byte[]> rows(Optional<Path> file, int max) throws IOException {
    try (InputStream in = open(file)) {
      List<byte[]> lines = lines(in.readAllBytes());
      int end = (int) Math.min(lines.size(), max + 1L);
      return lines.isEmpty() ? lines : lines.subList(1, end);
    }
  }

  private static InputStream open(Optional<Path> file) throws IOException {
    if (file.isPresent()) {
      return Files.newInputStream(file.get());
    }
    InputStream in = OrderFile.class.getResourceAsStream("orders.csv");
    if (in == null) {
      throw new IOException("orders.csv is missing beside " + OrderFile.class);
    }
    return in;
  }

  private static List<byte[]> lines(byte[] bytes) {
    List<byte[]> lines = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte each : bytes) {
      if (each == '\n') {
        lines.add(line.toByteArray());
        line.reset();
      } else if (each != '\r') {
        line.write(each);
      }
    }
    if (line.size() > 0) {
      lines.add(line.toByteArray());
    }
    return lines;
  }
}
