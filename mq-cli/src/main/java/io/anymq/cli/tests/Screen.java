package io.anymq.cli.tests;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the progress is shown: a terminal, whose last line is written over again and again, or a
 * file or pipe, which gets whole lines alone. No line is longer than the screen is wide. For one
 * thread.
 */
final class Screen {

  private static final int MAX_WIDTH = 120;
  private static final int MIN_WIDTH = 40;
  private static final long STATUS_INTERVAL = Duration.ofMillis(200).toNanos();
  private static final String CLEAR = "\r\033[K";

  private final PrintStream out;
  private final boolean terminal;
  private final int width;
  private boolean statusShown;
  private long statusAt;

  Screen(PrintStream out, boolean terminal, int columns) {
    this.out = out;
    this.terminal = terminal;
    this.width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns));
  }

  boolean terminal() {
    return terminal;
  }

  /** A line that stays; what is too long is cut. */
  void line(String text) {
    clear();
    out.println(cut(text, width));
    out.flush();
  }

  /** A text that stays whole, in as many lines as it takes. */
  void text(String indent, String text) {
    clear();
    for (String line : text.lines().toList()) {
      wrap(line, width - indent.length()).forEach(part -> out.println(indent + part));
    }
    out.flush();
  }

  /** What goes on just now, on a terminal alone, and not so often that it flickers. */
  void status(String text, long now) {
    if (terminal && (!statusShown || now - statusAt >= STATUS_INTERVAL)) {
      statusAt = now;
      out.print(CLEAR + cut(text, width - 1));
      out.flush();
      statusShown = true;
    }
  }

  private void clear() {
    if (statusShown) {
      out.print(CLEAR);
      statusShown = false;
    }
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }

  private static List<String> wrap(String line, int width) {
    List<String> parts = new ArrayList<>();
    String rest = line;
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      int end = space > 0 ? space : width;
      parts.add(rest.substring(0, end));
      rest = rest.substring(end).stripLeading();
    }
    parts.add(rest);
    return parts;
  }
}
