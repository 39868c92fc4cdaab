package io.anymq.rabbit;

import io.anymq.Message;
import io.anymq.QueueOptions;
import java.util.HashMap;
import java.util.Map;

/**
 * What a native queue is, by the arguments that it was made with. No I/O.
 *
 * @param arguments the native arguments
 */
record QueueKind(Map<String, Object> arguments) {

  private static final String TYPE = "x-queue-type";
  private static final String MAX_PRIORITY = "x-max-priority";
  private static final String MAX_LENGTH = "x-max-length";
  private static final String MAX_BYTES = "x-max-length-bytes";
  private static final String OVERFLOW = "x-overflow";
  private static final String QUORUM_TYPE = "quorum";
  private static final String CLASSIC_TYPE = "classic";
  private static final String REFUSE = "reject-publish";

  /**
   * How often a quorum queue takes a message back. It must never drop one before the core's own
   * limit sends it to the dead-letter queue: brokers from 4.0 on drop after 20 when nothing is set,
   * and 3.10, which takes -1 without a word, drops the first that comes back. So a number that no
   * message reaches, which all versions understand alike.
   */
  static final int DELIVERY_LIMIT = 1_000_000_000;

  /** An ordinary queue, and the queue of a durable subscription. */
  static final QueueKind QUORUM =
      new QueueKind(Map.of(TYPE, QUORUM_TYPE, "x-delivery-limit", DELIVERY_LIMIT));

  /** The same, where the options ask for classic queues. */
  static final QueueKind CLASSIC = new QueueKind(Map.of(TYPE, CLASSIC_TYPE));

  /** Nothing is known of it. */
  static final QueueKind UNKNOWN = new QueueKind(Map.of());

  /** Keeps an immutable copy. */
  QueueKind {
    arguments = Map.copyOf(arguments);
  }

  /**
   * The kind to make a queue as. Quorum queues know neither ten priorities nor a limit that they
   * keep, so what asks for one is a classic queue.
   *
   * @param ordinary what a queue is that asks for nothing
   */
  static QueueKind of(QueueOptions options, QueueKind ordinary) {
    if (!options.prioritized() && options.maxLength().isEmpty()) {
      return ordinary;
    }
    Map<String, Object> arguments = new HashMap<>(CLASSIC.arguments);
    if (options.prioritized()) {
      arguments.put(MAX_PRIORITY, Message.MAX_PRIORITY);
    }
    options
        .maxLength()
        .ifPresent(
            length -> {
              arguments.put(MAX_LENGTH, length);
              arguments.put(OVERFLOW, REFUSE);
            });
    return new QueueKind(arguments);
  }

  /** Whether it takes single messages back and counts them without a limit in our way. */
  boolean countsDeliveries() {
    return equals(QUORUM);
  }

  /** Whether it orders by the native priority as a {@code prioritized()} queue does. */
  boolean prioritized() {
    return isClassic() && arguments.containsKey(MAX_PRIORITY);
  }

  /**
   * Whether it refuses what it has no room for, and nothing else. A quorum queue refuses for other
   * reasons too.
   */
  boolean bounded() {
    return isClassic() && String.valueOf(arguments.get(OVERFLOW)).startsWith(REFUSE);
  }

  /** Whether it may refuse a message, or drop one, because it has a limit. */
  boolean limited() {
    return arguments.containsKey(MAX_LENGTH) || arguments.containsKey(MAX_BYTES);
  }

  /** A queue that was made without naming its type is classic, or the broker has named it. */
  boolean isClassic() {
    return CLASSIC_TYPE.equals(arguments.getOrDefault(TYPE, CLASSIC_TYPE));
  }
}
