package io.anymq.rabbit;

import io.anymq.Message;
import io.anymq.QueueOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
  private static final String TTL = "x-message-ttl";
  private static final String EXPIRES = "x-expires";
  private static final String LIMIT_OF_DELIVERIES = "x-delivery-limit";
  private static final String IN_TURN = "x-single-active-consumer";

  /** Flags of a declaration, where they are not as ours. */
  static final String DURABLE = "durable";

  static final String AUTO_DELETE = "auto_delete";

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
      new QueueKind(Map.of(TYPE, QUORUM_TYPE, LIMIT_OF_DELIVERIES, DELIVERY_LIMIT));

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

  /** Whether it gives to one of its consumers at a time. */
  boolean givesTurns() {
    return Boolean.TRUE.equals(arguments.get(IN_TURN));
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

  /** Whether it is what the options ask for, as far as they can ask. */
  boolean matches(QueueOptions options) {
    return prioritized() == options.prioritized()
        && (maxLength().equals(options.maxLength()) && (bounded() || maxLength().isEmpty()));
  }

  private OptionalLong maxLength() {
    return number(MAX_LENGTH);
  }

  /** How often it takes a message back, by its own arguments; empty where they do not say. */
  OptionalLong deliveryLimit() {
    return number(LIMIT_OF_DELIVERIES);
  }

  private OptionalLong number(String argument) {
    return arguments.get(argument) instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  /** What it has, or what options ask for, in words. */
  static String describe(boolean prioritized, OptionalLong maxLength) {
    return (maxLength.isPresent()
            ? "a maximum length of %,d".formatted(maxLength.getAsLong())
            : "no maximum length")
        + (prioritized ? " and priorities" : " and no priorities");
  }

  /** What it has, in words. */
  String describe() {
    return describe(prioritized(), maxLength());
  }

  /** Whether it is a log that keeps what is consumed. */
  boolean isStream() {
    return "stream".equals(arguments.get(TYPE));
  }

  /**
   * The first of the ways in which it loses what it has confirmed, in words; empty: none. What a
   * quorum queue drops after too many deliveries is the affair of {@link DeliveryLimits}.
   */
  Optional<String> loss() {
    if (arguments.get(TTL) != null) {
      return Optional.of("drops each message after " + arguments.get(TTL) + " ms");
    }
    if (limited() && !String.valueOf(arguments.get(OVERFLOW)).startsWith(REFUSE)) {
      return Optional.of("has a maximum length and drops its oldest messages beyond it");
    }
    if (arguments.get(EXPIRES) != null) {
      return Optional.of(
          "is deleted with its messages when nobody uses it for " + arguments.get(EXPIRES) + " ms");
    }
    if (Boolean.FALSE.equals(arguments.get(DURABLE))) {
      return Optional.of("is not durable, and is gone when the broker restarts");
    }
    return Boolean.TRUE.equals(arguments.get(AUTO_DELETE))
        ? Optional.of("is deleted with its messages when its last consumer goes")
        : Optional.empty();
  }

  /** Whether nothing stays in it that a consumer does not take at once. */
  boolean keepsNothing() {
    return arguments.get(TTL) instanceof Number millis && millis.longValue() == 0;
  }

  /** Whether it may refuse a message, or drop one, because it has a limit. */
  boolean limited() {
    return arguments.containsKey(MAX_LENGTH) || arguments.containsKey(MAX_BYTES);
  }

  /** Whether it counts deliveries, and may have a limit of them. */
  boolean isQuorum() {
    return QUORUM_TYPE.equals(arguments.get(TYPE));
  }

  /** A queue that was made without naming its type is classic, or the broker has named it. */
  boolean isClassic() {
    return CLASSIC_TYPE.equals(arguments.getOrDefault(TYPE, CLASSIC_TYPE));
  }
}
