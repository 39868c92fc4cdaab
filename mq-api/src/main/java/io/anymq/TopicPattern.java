package io.anymq;

import java.util.regex.Pattern;

/**
 * Names many topics at once. Words are separated by dots; {@code *} stands for exactly one word,
 * and {@code #} for any number of words, none included: {@code orders.*.created}, {@code orders.#}.
 *
 * @param expression the pattern
 */
public record TopicPattern(String expression) {

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]+|\\*|#");

  /**
   * Makes a pattern.
   *
   * @throws InvalidDestinationException when the expression is not a pattern
   */
  public TopicPattern {
    boolean valid = !expression.isEmpty() && expression.length() <= Destination.MAX_NAME_LENGTH;
    for (String word : expression.split("\\.", -1)) {
      valid &= WORD.matcher(word).matches();
    }
    if (!valid) {
      throw new InvalidDestinationException(
          "'"
              + expression
              + "' is not a topic pattern: use words of A-Z a-z 0-9 _ - separated by dots, * for one"
              + " word, # for any number of words");
    }
  }

  /**
   * Makes a pattern.
   *
   * @param expression the pattern
   * @return the pattern
   * @throws InvalidDestinationException when the expression is not a pattern
   */
  public static TopicPattern of(String expression) {
    return new TopicPattern(expression);
  }

  /**
   * Tells whether a topic is meant by this pattern.
   *
   * @param topic a topic
   * @return whether its name matches
   */
  public boolean matches(Topic topic) {
    return matches(expression.split("\\.", -1), 0, topic.name().split("\\.", -1), 0);
  }

  private static boolean matches(String[] pattern, int p, String[] words, int w) {
    if (p == pattern.length) {
      return w == words.length;
    }
    if (pattern[p].equals("#")) {
      return matches(pattern, p + 1, words, w)
          || (w < words.length && matches(pattern, p, words, w + 1));
    }
    return w < words.length
        && (pattern[p].equals("*") || pattern[p].equals(words[w]))
        && matches(pattern, p + 1, words, w + 1);
  }

  @Override
  public String toString() {
    return "topics:" + expression;
  }
}
