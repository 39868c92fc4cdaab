package io.anymq.selector;

import io.anymq.InvalidSelectorException;
import java.util.Locale;

/** Numbers as Java writes them. */
final class Literals {

  private Literals() {}

  /**
   * Reads a number.
   *
   * @param literal the number, perhaps with a minus, which the smallest of all needs
   * @param selector what it stands in, to be shown
   */
  static Object number(String literal, String selector) {
    String lower = literal.toLowerCase(Locale.ROOT);
    boolean hexadecimal = lower.startsWith("0x") || lower.startsWith("-0x");
    try {
      if (!hexadecimal && lower.matches(".*[.efd].*")) {
        return finite(Double.parseDouble(lower));
      }
      String digits = lower.endsWith("l") ? lower.substring(0, lower.length() - 1) : lower;
      return Long.decode(digits);
    } catch (NumberFormatException e) {
      throw new InvalidSelectorException(
          "The selector has the number %s, which is none, or does not fit 64 bits: %s"
              .formatted(literal, selector));
    }
  }

  private static double finite(double number) {
    if (Double.isInfinite(number)) {
      throw new NumberFormatException("infinite");
    }
    return number;
  }
}
