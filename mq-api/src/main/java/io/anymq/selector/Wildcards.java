package io.anymq.selector;

import java.util.Arrays;

/**
 * A pattern of LIKE: {@code %} stands for any characters, {@code _} for one. Matches in time
 * proportional to text and pattern, whatever they are.
 */
final class Wildcards {

  private static final int ANY = -1;
  private static final int ONE = -2;

  private final int[] pattern;

  /**
   * Reads a pattern.
   *
   * @param text the pattern
   * @param escape the character that takes the next one's meaning, or -1
   */
  Wildcards(String text, int escape) {
    int[] from = text.codePoints().toArray();
    int[] to = new int[from.length];
    int length = 0;
    for (int i = 0; i < from.length; i++) {
      boolean escaped = from[i] == escape && i + 1 < from.length;
      if (escaped) {
        i++;
      }
      to[length++] = escaped ? from[i] : meaning(from[i]);
    }
    pattern = Arrays.copyOf(to, length);
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
    int at = 0;
    int next = 0;
    int afterAny = -1; // where to go on in the pattern when the last % takes one more
    int taken = 0;
    while (at < text.length) {
      if (next < pattern.length && pattern[next] == ANY) {
        afterAny = ++next;
        taken = at;
      } else if (next < pattern.length && (pattern[next] == ONE || pattern[next] == text[at])) {
        next++;
        at++;
      } else if (afterAny >= 0) {
        next = afterAny;
        at = ++taken;
      } else {
        return false;
      }
    }
    while (next < pattern.length && pattern[next] == ANY) {
      next++;
    }
    return next == pattern.length;
  }
}
