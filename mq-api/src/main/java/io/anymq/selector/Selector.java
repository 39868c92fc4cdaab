package io.anymq.selector;

import io.anymq.InvalidSelectorException;
import io.anymq.Message;

/**
 * A condition on a message's fields and properties, in the SQL-92 subset of Jakarta Messaging 3.1.
 * Immutable, for any number of threads.
 *
 * <p>Properties have the names that they have in the message. The fields are {@code JMSMessageID}
 * (the id), {@code JMSCorrelationID}, {@code JMSType}, {@code JMSPriority}, {@code JMSTimestamp}
 * (milliseconds), {@code JMSDeliveryMode} ({@code 'PERSISTENT'} or {@code 'NON_PERSISTENT'}) and
 * {@code JMSXGroupID} (the key).
 */
public final class Selector {

  private final String text;
  private final Expression condition;

  private Selector(String text, Expression condition) {
    this.text = text;
    this.condition = condition;
  }

  /**
   * Reads a selector.
   *
   * @param text the selector
   * @return it
   * @throws InvalidSelectorException when it is malformed, which an empty one is too
   */
  public static Selector parse(String text) {
    return new Selector(text, new SelectorParser(text).parse());
  }

  /**
   * Whether a message is selected. Never throws.
   *
   * @param message the message
   * @return true when the condition is true, and not when it is false or unknown
   */
  public boolean matches(Message message) {
    return Boolean.TRUE.equals(condition.of(message));
  }

  /** The selector as it was given. */
  @Override
  public String toString() {
    return text;
  }
}
