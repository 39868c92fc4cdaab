package io.anymq.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The part of a page between {@code <!-- begin NAME -->} and {@code <!-- end NAME -->}, which is
 * made from the code and not written by hand.
 */
final class MarkedText {

  private final Path page;
  private final String begin;
  private final String end;

  MarkedText(Path page, String name) {
    this.page = page;
    this.begin = "<!-- begin " + name + " -->";
    this.end = "<!-- end " + name + " -->";
  }

  /** The lines between the marks. */
  List<String> read() throws IOException {
    List<String> lines = Files.readAllLines(page);
    return lines.subList(indexOf(lines, begin) + 1, indexOf(lines, end));
  }

  /** Puts other lines between the marks. */
  void write(List<String> text) throws IOException {
    List<String> lines = Files.readAllLines(page);
    List<String> between = lines.subList(indexOf(lines, begin) + 1, indexOf(lines, end));
    between.clear();
    between.addAll(text);
    Files.write(page, lines);
  }

  private int indexOf(List<String> lines, String mark) throws IOException {
    int index = lines.indexOf(mark);
    if (index < 0) {
      throw new IOException(page + " has no line " + mark);
    }
    return index;
  }
}
