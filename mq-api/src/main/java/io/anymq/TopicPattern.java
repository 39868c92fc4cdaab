package io.anymq;

import static java.util.Objects.requireNonNull;

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
    requireNonNull(expression, "expression must not be null");
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
    requireNonNull(topic, "topic must not be null");
    String[] words = topic.name().split("\\.", -1);
    boolean[] reached = new boolean[words.length + 1];
    reached[0] = true;
    for (String part : expression.split("\\.", -1)) {
      reached = after(part, words, reached);
    }
    return reached[words.length];
  }

  /**
   * How many words can be matched once a further part of the pattern has been: all places at once,
   * for many # one after the other would else be tried in all combinations.
   */
  private static boolean[] after(String part, String[] words, boolean[] before) {
    boolean[] reached = new boolean[before.length];
    for (int count = 0; count < before.length; count++) {
      boolean previous = count > 0 && (part.equals("#") ? reached[count - 1] : before[count - 1]);
      boolean takes = previous && (isWild(part) || part.equals(words[count - 1]));
      reached[count] = takes || (part.equals("#") && before[count]);
    }
    return reached;
  }

  private static boolean isWild(String part) {
    return part.equals("*") || part.equals("#");
  }

  @Override
  public String toString() {
    return "topics:" + expression;
  }
}
