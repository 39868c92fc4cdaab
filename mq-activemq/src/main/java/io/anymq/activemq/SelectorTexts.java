package io.anymq.activemq;

import io.anymq.UnsupportedCapabilityException;
import io.anymq.activemq.SelectorNode.Like;

/** Values in the broker's dialect of selectors. */
final class SelectorTexts {

  private static final char REPLACEMENT = '\uFFFD';
  private static final char ESCAPE = '\\';

  private SelectorTexts() {}

  static String literal(Object value) {
    if (value instanceof String text) {
      return quoted(text);
    }
    if (value instanceof Boolean flag) {
      return flag ? "TRUE" : "FALSE";
    }
    String number = value.toString();
    return number.startsWith("-") ? "(" + number + ")" : number;
  }

  /** The broker reads some texts of messages wrongly; what it would take for them is refused. */
  private static String quoted(String text) {
    if (!NativeText.isSafe(text) || text.indexOf(REPLACEMENT) >= 0) {
      throw new UnsupportedCapabilityException(
          "ActiveMQ cannot select by the text '%s': its brokers misread characters beyond U+FFFF, U+FFFD and U+0000 in properties"
              .formatted(text));
    }
    return "'" + text.replace("'", "''") + "'";
  }

  /** The pattern, with each character that is meant by itself escaped in the broker's way. */
  static String pattern(Like like) {
    StringBuilder to = new StringBuilder();
    int[] from = like.pattern().codePoints().toArray();
    int escape = like.escape().orElse(-1);
    for (int i = 0; i < from.length; i++) {
      boolean escaped = from[i] == escape && i + 1 < from.length;
      i += escaped ? 1 : 0;
      if (from[i] == ESCAPE || (escaped && (from[i] == '%' || from[i] == '_'))) {
        to.append(ESCAPE);
      }
      to.appendCodePoint(from[i]);
    }
    return quoted(to.toString()) + " ESCAPE '" + ESCAPE + "'";
  }
}
