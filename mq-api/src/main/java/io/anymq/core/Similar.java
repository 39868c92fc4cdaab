package io.anymq.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody who mistyped a word may have meant. */
final class Similar {

  /** As many letters may be wrong, missing or too many. */
  private static final int MOST = 2;

  private Similar() {}

  static Optional<String> to(String word, Collection<String> known) {
    return known.stream()
        .filter(each -> distance(word, each) <= MOST)
        .min(Comparator.comparingInt(each -> distance(word, each)));
  }

  /** Levenshtein's distance. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
