package io.anymq;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer takes messages. Immutable.
 *
 * @see #builder()
 */
public final class ConsumerOptions {

  /**
   * The default of {@link #maxDeliveries()}: the design of most brokers' own limits is of this
   * order.
   */
  public static final int DEFAULT_MAX_DELIVERIES = 10;

  /** All defaults. */
  public static final ConsumerOptions DEFAULT = builder().build();

  private final @Nullable AcknowledgementMode acknowledgement;
  private final @Nullable Integer prefetch;
  private final int concurrency;
  private final int maxDeliveries;
  private final RedeliveryDelay redeliveryDelay;
  private final @Nullable Queue deadLetterQueue;
  private final MissingDestination missingDestination;
  private final @Nullable String selector;
  private final boolean keyOrdered;

  private ConsumerOptions(Builder builder) {
    acknowledgement = builder.acknowledgement;
    prefetch = builder.prefetch;
    concurrency = builder.concurrency;
    maxDeliveries = builder.maxDeliveries;
    redeliveryDelay = builder.redeliveryDelay;
    deadLetterQueue = builder.deadLetterQueue;
    missingDestination = builder.missingDestination;
    selector = builder.selector;
    keyOrdered = builder.keyOrdered;
  }

  /** Begins with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begins with these. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Who settles. Empty, the default: a listener's return accepts, and the application settles what
   * it received, so that a program that crashes between the two loses nothing.
   */
  public Optional<AcknowledgementMode> acknowledgement() {
    return Optional.ofNullable(acknowledgement);
  }

  /** How many messages may be held unsettled; empty: as {@link ConnectionOptions#PREFETCH} says. */
  public OptionalInt prefetch() {
    return prefetch == null ? OptionalInt.empty() : OptionalInt.of(prefetch);
  }

  /** How many threads call the listener at once. Default: 1, which keeps the order. */
  public int concurrency() {
    return concurrency;
  }

  /**
   * How often a message is delivered at most; then it goes to the dead-letter queue. Default:
   * {@value #DEFAULT_MAX_DELIVERIES}.
   */
  public int maxDeliveries() {
    return maxDeliveries;
  }

  /**
   * How long a message waits that is released without a delay of its own, whose listener threw, or
   * whose unit of work was rolled back. Default: {@link RedeliveryDelay#DEFAULT}.
   */
  public RedeliveryDelay redeliveryDelay() {
    return redeliveryDelay;
  }

  /** Where dead letters go; empty: to {@link Queue#deadLetterQueue()} of the source. */
  public Optional<Queue> deadLetterQueue() {
    return Optional.ofNullable(deadLetterQueue);
  }

  /** What becomes of a destination that does not exist. Default: it is made. */
  public MissingDestination missingDestination() {
    return missingDestination;
  }

  /** Which messages to take, as a selector of Jakarta Messaging; empty: all. */
  public Optional<String> selector() {
    return Optional.ofNullable(selector);
  }

  /**
   * Whether messages with one key go to one consumer at a time, in order: the next one when the
   * last is settled, so that a batch or a unit of work holds one message of a key at most. Default:
   * false.
   */
  public boolean keyOrdered() {
    return keyOrdered;
  }

  /** Builds {@link ConsumerOptions}. Not for sharing between threads. */
  public static final class Builder {

    private @Nullable AcknowledgementMode acknowledgement;
    private @Nullable Integer prefetch;
    private int concurrency = 1;
    private int maxDeliveries = DEFAULT_MAX_DELIVERIES;
    private RedeliveryDelay redeliveryDelay = RedeliveryDelay.DEFAULT;
    private @Nullable Queue deadLetterQueue;
    private MissingDestination missingDestination = MissingDestination.CREATE;
    private @Nullable String selector;
    private boolean keyOrdered;

    private Builder() {}

    private Builder(ConsumerOptions like) {
      acknowledgement = like.acknowledgement;
      prefetch = like.prefetch;
      concurrency = like.concurrency;
      maxDeliveries = like.maxDeliveries;
      redeliveryDelay = like.redeliveryDelay;
      deadLetterQueue = like.deadLetterQueue;
      missingDestination = like.missingDestination;
      selector = like.selector;
      keyOrdered = like.keyOrdered;
    }

    /** Sets who settles. */
    public Builder acknowledgement(AcknowledgementMode acknowledgement) {
      this.acknowledgement = requireNonNull(acknowledgement, "acknowledgement must not be null");
      return this;
    }

    /** Sets how many messages may be held unsettled; 1 to 65,535. Small where handlers are slow. */
    public Builder prefetch(int prefetch) {
      this.prefetch = OptionRules.fromOne(prefetch, OptionRules.MAX_PREFETCH, "prefetch");
      return this;
    }

    /** Sets how many threads call the listener at once; 1 to 10,000. */
    public Builder concurrency(int concurrency) {
      this.concurrency =
          OptionRules.fromOne(concurrency, OptionRules.MAX_CONCURRENCY, "concurrency");
      return this;
    }

    /** Sets how often a message is delivered at most; at least 1. */
    public Builder maxDeliveries(int maxDeliveries) {
      this.maxDeliveries = OptionRules.atLeastOne(maxDeliveries, "maxDeliveries");
      return this;
    }

    /** Sets how long a message waits that is released without a delay of its own. */
    public Builder redeliveryDelay(RedeliveryDelay redeliveryDelay) {
      this.redeliveryDelay = requireNonNull(redeliveryDelay, "redeliveryDelay must not be null");
      return this;
    }

    /** Sets where dead letters go. */
    public Builder deadLetterQueue(Queue deadLetterQueue) {
      this.deadLetterQueue = requireNonNull(deadLetterQueue, "deadLetterQueue must not be null");
      return this;
    }

    /** Sets what becomes of a destination that does not exist. */
    public Builder missingDestination(MissingDestination missingDestination) {
      this.missingDestination =
          requireNonNull(missingDestination, "missingDestination must not be null");
      return this;
    }

    /**
     * Sets which messages to take, in the SQL-92 subset of Jakarta Messaging 3.1: {@code "colour =
     * 'red' AND weight > 10"}. It names properties, and the fields {@code JMSMessageID}, {@code
     * JMSCorrelationID}, {@code JMSType}, {@code JMSPriority}, {@code JMSTimestamp}, {@code
     * JMSDeliveryMode} and {@code JMSXGroupID}, the key. A queue keeps what is not taken (needs
     * {@link Capability#QUEUE_SELECTORS}); a subscription does not ({@link
     * Capability#TOPIC_SELECTORS}), and must not be shared. A malformed one is refused with {@link
     * InvalidSelectorException} when the consumer is made.
     */
    public Builder selector(String selector) {
      this.selector = requireNonNull(selector, "selector must not be null");
      return this;
    }

    /** Asks for order by key; needs {@link Capability#KEY_ORDERING}. */
    public Builder keyOrdered(boolean keyOrdered) {
      this.keyOrdered = keyOrdered;
      return this;
    }

    /** Makes the options. */
    public ConsumerOptions build() {
      return new ConsumerOptions(this);
    }
  }
}
