package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What kind of subscription is made, and how it takes messages. Immutable.
 *
 * @see #builder()
 */
public final class SubscriptionOptions {

  /** A plain subscription with all defaults. */
  public static final SubscriptionOptions DEFAULT = builder().build();

  private final @Nullable String name;
  private final boolean durable;
  private final boolean shared;
  private final @Nullable Instant replayFrom;
  private final @Nullable String replayAfter;
  private final ConsumerOptions consumer;

  private SubscriptionOptions(Builder builder) {
    name = builder.name;
    durable = builder.durable;
    shared = builder.shared;
    replayFrom = builder.replayFrom;
    replayAfter = builder.replayAfter;
    consumer = builder.consumer;
  }

  /** Begins a plain subscription. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A durable subscription with all defaults.
   *
   * @param name its name, unique for the topic
   * @return the options
   */
  public static SubscriptionOptions durable(String name) {
    return builder().durable(name).build();
  }

  /** Begins with these. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The name of a durable or shared subscription. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** Whether it keeps what is sent while nobody is there. */
  public boolean durable() {
    return durable;
  }

  /** Whether several consumers share its messages. */
  public boolean shared() {
    return shared;
  }

  /** The moment in the past when it begins; empty: now, or as {@link #replayAfter()} says. */
  public Optional<Instant> replayFrom() {
    return Optional.ofNullable(replayFrom);
  }

  /** The position in the past behind which it begins; empty: as {@link #replayFrom()} says. */
  public Optional<String> replayAfter() {
    return Optional.ofNullable(replayAfter);
  }

  /** How it takes messages. */
  public ConsumerOptions consumer() {
    return consumer;
  }

  /** Builds {@link SubscriptionOptions}. Not for sharing between threads. */
  public static final class Builder {

    private @Nullable String name;
    private boolean durable;
    private boolean shared;
    private @Nullable Instant replayFrom;
    private @Nullable String replayAfter;
    private ConsumerOptions consumer = ConsumerOptions.DEFAULT;

    private Builder() {}

    private Builder(SubscriptionOptions like) {
      name = like.name;
      durable = like.durable;
      shared = like.shared;
      replayFrom = like.replayFrom;
      replayAfter = like.replayAfter;
      consumer = like.consumer;
    }

    /** Makes it durable, under a name of 1 to 200 of {@code A-Z a-z 0-9 . _ -}. */
    public Builder durable(String name) {
      this.name = only(name);
      this.durable = true;
      return this;
    }

    /**
     * Makes it shared, under a name; needs {@link Capability#SHARED_SUBSCRIPTIONS}. May be durable
     * too, under the same name.
     */
    public Builder shared(String name) {
      this.name = only(name);
      this.shared = true;
      return this;
    }

    /** A subscription has one name: the second would silently take the place of the first. */
    private String only(String given) {
      Destination.requireName(given);
      if (name != null && !name.equals(given)) {
        throw new InvalidOptionException(
            "A subscription has one name, and this one has two: '%s' and '%s'"
                .formatted(name, given));
      }
      return given;
    }

    /**
     * Begins with what was sent since a moment; needs {@link Capability#REPLAY}, and is not for
     * patterns.
     *
     * @throws InvalidOptionException when there is another place to begin at
     */
    public Builder replayFrom(Instant moment) {
      requireNonNull(moment, "moment must not be null");
      requireOnePlace(replayAfter == null && (replayFrom == null || replayFrom.equals(moment)));
      this.replayFrom = moment;
      return this;
    }

    /**
     * Begins with the message behind a {@linkplain Delivery#position() position}, or with the
     * oldest that is kept if that one is gone; needs {@link Capability#REPLAY}, and is for plain
     * subscriptions to one topic. One that cannot be a position is refused with {@link
     * InvalidOptionException} when the subscription is made.
     *
     * @throws InvalidOptionException when there is another place to begin at
     */
    public Builder replayAfter(String position) {
      requireNonNull(position, "position must not be null");
      requireOnePlace(replayFrom == null && (replayAfter == null || replayAfter.equals(position)));
      this.replayAfter = position;
      return this;
    }

    /** Of two places one would be ignored. */
    private static void requireOnePlace(boolean one) {
      if (!one) {
        throw new InvalidOptionException(
            "A subscription begins at one place, and this one has two: replayFrom or replayAfter was called before with something else");
      }
    }

    /** Sets how it takes messages. */
    public Builder consumer(ConsumerOptions consumer) {
      this.consumer = requireNonNull(consumer, "consumer must not be null");
      return this;
    }

    /** Makes the options. */
    public SubscriptionOptions build() {
      return new SubscriptionOptions(this);
    }
  }
}
