package io.anymq.selector;

import io.anymq.InvalidSelectorException;
import io.anymq.selector.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a selector into its words and signs. */
final class Lexer {

  private static final Pattern NUMBER =
      Pattern.compile(
          "(?:\\d++\\.\\d*+|\\.\\d++)(?:[eE][+-]?\\d++)?[fFdD]?"
              + "|\\d++[eE][+-]?\\d++[fFdD]?"
              + "|\\d++[fFdD]"
              + "|0[xX][0-9a-fA-F]++[lL]?"
              + "|\\d++[lL]?");

  private static final Pattern SIGN = Pattern.compile("<>|<=|>=|[=<>+\\-*/(),]");

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String text) {
    this.text = text;
  }

  /** The words and signs, with one for the end. */
  static List<Token> cut(String text) {
    return new Lexer(text).cut();
  }

  private List<Token> cut() {
    skipSpace();
    while (at < text.length()) {
      char next = text.charAt(at);
      if (next == '\'') {
        cutText();
      } else if (Character.isJavaIdentifierStart(next)) {
        cutName();
      } else if (!cut(NUMBER, Kind.NUMBER) && !cut(SIGN, Kind.SIGN)) {
        throw new InvalidSelectorException(
            "The selector has '%c' at position %d, which is no part of one: %s"
                .formatted(next, at + 1, text));
      }
      skipSpace();
    }
    tokens.add(new Token(Kind.END, "", at + 1));
    return tokens;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\f\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** A quote within is written twice. */
  private void cutText() {
    StringBuilder content = new StringBuilder();
    int begin = at;
    int end = quoteAfter(begin);
    content.append(text, begin + 1, end);
    while (text.startsWith("''", end)) {
      int next = quoteAfter(end + 1);
      content.append(text, end + 1, next);
      end = next;
    }
    tokens.add(new Token(Kind.TEXT, content.toString(), begin + 1));
    at = end + 1;
  }

  private int quoteAfter(int begin) {
    int end = text.indexOf('\'', begin + 1);
    if (end < 0) {
      throw new InvalidSelectorException(
          "The selector has a text that begins at position %d and does not end; add a quote: %s"
              .formatted(at + 1, text));
    }
    return end;
  }

  private void cutName() {
    int begin = at;
    while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
      at++;
    }
    tokens.add(new Token(Kind.NAME, text.substring(begin, at), begin + 1));
  }

  private boolean cut(Pattern pattern, Kind kind) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    tokens.add(new Token(kind, matcher.group(), at + 1));
    at = matcher.end();
    return true;
  }
}
