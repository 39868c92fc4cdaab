package io.anymq.selector;

import java.util.Locale;

/**
 * A word or a sign of a selector.
 *
 * @param kind what it is
 * @param text what it says; of a text literal, its content
 * @param position where it begins, from 1
 */
record Token(Kind kind, String text, int position) {

  enum Kind {
    NAME,
    TEXT,
    NUMBER,
    SIGN,
    END
  }

  /** Whether it is that word of the language, in capitals or not, or that sign. */
  boolean is(String word) {
    return (kind == Kind.NAME && text.toUpperCase(Locale.ROOT).equals(word))
        || (kind == Kind.SIGN && text.equals(word));
  }

  @Override
  public String toString() {
    return kind == Kind.END
        ? "its end"
        : "'%s' at position %d".formatted(kind == Kind.TEXT ? "'" + text + "'" : text, position);
  }
}
