package io.anymq.samples;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a program, and keeps what it prints. */
final class Captured {

  /** A program. */
  @FunctionalInterface
  interface Program {
    void run(String... args) throws Exception;
  }

  private Captured() {}

  /** The lines that the program prints. */
  static List<String> linesOf(Program program, String... args) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.run(args);
    } finally {
      System.setOut(console);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** The lines that the program prints when it reads this input. */
  static List<String> linesOf(String input, Program program, String... args) throws Exception {
    InputStream keyboard = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return linesOf(program, args);
    } finally {
      System.setIn(keyboard);
    }
  }
}
