package io.anymq.cli.variants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A source file with one fault in it.
 *
 * @param name begins with what it is a part of: {@code core/}, {@code hub/}, {@code rabbit/} …
 * @param file below the checkout
 * @param why what a user would see
 * @param from lines that stand in the file once
 * @param to what stands there instead
 * @param by the test classes and rules that are asked first; none: nothing notices it yet
 */
record SourceVariant(
    String name, String file, String why, String from, String to, List<String> by) {

  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern MODULE = Pattern.compile("([^/]+)/src/main/java/(.+)\\.java");

  /** What {@code by} says of a variant that nothing notices. */
  static final String NOTHING = "nothing";

  /** Reads a file of variants. */
  static List<SourceVariant> read(Path file) throws IOException {
    List<SourceVariant> variants = new ArrayList<>();
    Lines lines = null;
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("== ")) {
        if (lines != null) {
          variants.add(lines.variant());
        }
        lines = new Lines(line.substring(3).strip());
      } else if (lines != null && !line.isBlank()) {
        lines.add(line);
      }
    }
    if (lines != null) {
      variants.add(lines.variant());
    }
    return variants;
  }

  private static final class Lines {

    private final String name;
    private final List<String> from = new ArrayList<>();
    private final List<String> to = new ArrayList<>();
    private String file = "";
    private String why = "";
    private String by = "";

    Lines(String name) {
      this.name = name;
    }

    void add(String line) {
      String text = line.length() > 2 ? line.substring(2) : "";
      if (line.startsWith("-")) {
        from.add(text);
      } else if (line.startsWith("+")) {
        to.add(text);
      } else if (line.startsWith("file ")) {
        file = line.substring(5).strip();
      } else if (line.startsWith("why ")) {
        why = line.substring(4).strip();
      } else if (line.startsWith("by ")) {
        by = line.substring(3).strip();
      } else {
        throw new IllegalArgumentException(name + ": this line says nothing: " + line);
      }
    }

    SourceVariant variant() {
      List<String> witnesses = by.isEmpty() || by.equals(NOTHING) ? List.of() : words(by);
      return new SourceVariant(
          name, file, why, String.join("\n", from), String.join("\n", to), witnesses);
    }

    private static List<String> words(String text) {
      return List.of(text.split("\\s+"));
    }
  }

  static Path checkout() {
    return CHECKOUT;
  }

  /** What it is a part of. */
  String part() {
    return name.substring(0, name.indexOf('/'));
  }

  /** The directory of the module that the file is in. */
  String module() {
    return matched().group(1);
  }

  /** The file below its source directory, without its ending. */
  String type() {
    return matched().group(2);
  }

  private Matcher matched() {
    Matcher matcher = MODULE.matcher(file);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(name + " does not change a main source file: " + file);
    }
    return matcher;
  }

  /** The changed file. */
  String source() {
    try {
      String source = Files.readString(CHECKOUT.resolve(file));
      int at = source.indexOf(from);
      if (from.isEmpty() || at < 0 || source.indexOf(from, at + 1) >= 0) {
        throw new IllegalStateException(
            "%s changes lines of %s that are not there, or not once; adapt the variant: %s"
                .formatted(name, file, from));
      }
      return source.substring(0, at) + to + source.substring(at + from.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
