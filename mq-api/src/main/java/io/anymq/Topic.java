package io.anymq;

/**
 * A topic: each message is delivered to every subscription that is live when it is sent.
 *
 * @param name the portable name
 */
public record Topic(String name) implements Destination {

  /** What follows a topic's name in the name of its dead-letter queue. */
  public static final String DEAD_LETTER_SUFFIX = ".topic-dlq";

  /**
   * Makes a topic object; nothing is created on a broker.
   *
   * @throws InvalidDestinationException when the name is not portable
   */
  public Topic {
    Destination.requireName(name);
  }

  /**
   * Makes a topic object; nothing is created on a broker.
   *
   * @param name the portable name
   * @return the topic
   * @throws InvalidDestinationException when the name is not portable
   */
  public static Topic of(String name) {
    return new Topic(name);
  }

  /**
   * The queue that takes what this topic's subscribers rejected or could not process: {@code
   * <name>.topic-dlq}, which no queue has as its own. {@link DeadLetter#subscription()} tells which
   * subscription a dead letter comes from.
   *
   * @return the dead-letter queue
   * @throws InvalidDestinationException when that name would be too long
   */
  public Queue deadLetterQueue() {
    return new Queue(name + DEAD_LETTER_SUFFIX);
  }

  @Override
  public String toString() {
    return "topic:" + name;
  }
}
