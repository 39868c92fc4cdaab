package io.anymq;

/**
 * A queue: each message is delivered to one of the consumers.
 *
 * @param name the portable name
 */
public record Queue(String name) implements Destination {

  /** What follows a queue's name in the name of its dead-letter queue. */
  public static final String DEAD_LETTER_SUFFIX = ".dlq";

  /**
   * Makes a queue object; nothing is created on a broker.
   *
   * @throws InvalidDestinationException when the name is not portable
   */
  public Queue {
    Destination.requireName(name);
  }

  /**
   * Makes a queue object; nothing is created on a broker.
   *
   * @param name the portable name
   * @return the queue
   * @throws InvalidDestinationException when the name is not portable
   */
  public static Queue of(String name) {
    return new Queue(name);
  }

  /**
   * The queue that takes what this one's consumers rejected or could not process: {@code
   * <name>.dlq}.
   *
   * @return the dead-letter queue
   * @throws InvalidDestinationException when that name would be too long; choose one with {@link
   *     ConsumerOptions.Builder#deadLetterQueue(Queue)}
   */
  public Queue deadLetterQueue() {
    return new Queue(name + DEAD_LETTER_SUFFIX);
  }

  @Override
  public String toString() {
    return "queue:" + name;
  }
}
