package io.anymq;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a message is in a dead-letter queue. It is kept in properties of the message, so native
 * clients can read it too.
 *
 * @param reason why it was put there
 * @param deliveryCount how often it had been delivered
 * @param source where it came from, as {@code queue:name} or {@code topic:name}
 * @param subscription the name of the durable or shared subscription that it came from, or null
 * @param error the last error of the application, or null
 */
public record DeadLetter(
    Reason reason,
    int deliveryCount,
    String source,
    @Nullable String subscription,
    @Nullable String error) {

  /** The property that holds the reason. */
  public static final String REASON_PROPERTY = "anymq.dead-letter.reason";

  /** The property that holds the delivery count, an Integer. */
  public static final String COUNT_PROPERTY = "anymq.dead-letter.count";

  /** The property that holds the source. */
  public static final String SOURCE_PROPERTY = "anymq.dead-letter.source";

  /** The property that holds the subscription's name, where it came from one that has a name. */
  public static final String SUBSCRIPTION_PROPERTY = "anymq.dead-letter.subscription";

  /** The property that holds the error, where there was one. */
  public static final String ERROR_PROPERTY = "anymq.dead-letter.error";

  /** Checks that the reason and the source are there. */
  public DeadLetter {
    requireNonNull(reason, "reason must not be null");
    requireNonNull(source, "source must not be null");
  }

  /** Kinds of reason. */
  public enum Reason {
    /** {@link Delivery#reject} was called. */
    REJECTED,
    /** It was delivered as often as allowed, and never accepted. */
    DELIVERY_LIMIT,
    /** It came from a foreign program and could not be decoded. */
    UNDECODABLE
  }

  /**
   * Reads the reason from a message.
   *
   * @param message a message of a dead-letter queue
   * @return the reason, or empty when the message carries none
   */
  public static Optional<DeadLetter> of(Message message) {
    requireNonNull(message, "message must not be null");
    return message
        .property(REASON_PROPERTY, String.class)
        .map(
            reason ->
                new DeadLetter(
                    Reason.valueOf(reason),
                    message.property(COUNT_PROPERTY, Integer.class).orElse(0),
                    message.property(SOURCE_PROPERTY, String.class).orElse(""),
                    message.property(SUBSCRIPTION_PROPERTY, String.class).orElse(null),
                    message.property(ERROR_PROPERTY, String.class).orElse(null)));
  }

  /**
   * The message as it goes to the dead-letter queue: with this reason, and without a time to live
   * or a delay, so that it stays until somebody looks.
   *
   * @param message the message
   * @return the copy
   */
  public Message mark(Message message) {
    requireNonNull(message, "message must not be null");
    return message.toBuilder()
        .property(REASON_PROPERTY, reason.name())
        .property(COUNT_PROPERTY, deliveryCount)
        .property(SOURCE_PROPERTY, source)
        .property(SUBSCRIPTION_PROPERTY, subscription)
        .property(ERROR_PROPERTY, error)
        .timeToLive(null)
        .expiresAt(null)
        .deliveryDelay(null)
        .build();
  }
}
