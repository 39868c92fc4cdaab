package io.anymq.selector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern of LIKE: {@code %} stands for any characters, {@code _} for one. Matches in one walk
 * over the text, whatever it holds; each step costs one operation for every 64 places of the
 * pattern.
 */
final class Wildcards {

  private static final int ANY = -1;
  private static final int ONE = -2;

  /** What stands between one {@code %} and the next; without any there is one. */
  private final List<Segment> segments = new ArrayList<>();

  /** How long a text is at least. */
  private int shortest;

  /**
   * Reads a pattern.
   *
   * @param text the pattern
   * @param escape the character that takes the next one's meaning, or -1
   */
  Wildcards(String text, int escape) {
    int[] from = text.codePoints().toArray();
    int[] segment = new int[from.length];
    int length = 0;
    for (int i = 0; i < from.length; i++) {
      boolean escaped = from[i] == escape && i + 1 < from.length;
      if (escaped) {
        i++;
      }
      int meant = escaped ? from[i] : meaning(from[i]);
      if (meant == ANY) {
        add(Arrays.copyOf(segment, length));
        length = 0;
      } else {
        segment[length++] = meant;
      }
    }
    add(Arrays.copyOf(segment, length));
  }

  private void add(int[] segment) {
    segments.add(new Segment(segment, ONE));
    shortest += segment.length;
  }

  private static int meaning(int character) {
    return switch (character) {
      case '%' -> ANY;
      case '_' -> ONE;
      default -> character;
    };
  }

  boolean matches(String value) {
    int[] text = value.codePoints().toArray();
    Segment first = segments.get(0);
    if (text.length < shortest || !first.isAt(text, 0)) {
      return false;
    }
    if (segments.size() == 1) {
      return text.length == shortest;
    }
    Segment last = segments.get(segments.size() - 1);
    int end = text.length - last.length();
    return last.isAt(text, end) && hasBetween(text, first.length(), end);
  }

  /** The first place for each leaves the most for those behind it. */
  private boolean hasBetween(int[] text, int from, int end) {
    int at = from;
    for (Segment segment : segments.subList(1, segments.size() - 1)) {
      at = segment.endOfFirst(text, at, end);
      if (at < 0) {
        return false;
      }
    }
    return true;
  }
}
