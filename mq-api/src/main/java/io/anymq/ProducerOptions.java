package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a producer sends. Immutable.
 *
 * @see #builder()
 */
public final class ProducerOptions {

  /** All defaults. */
  public static final ProducerOptions DEFAULT = builder().build();

  private final @Nullable Integer window;
  private final @Nullable Duration sendTimeout;
  private final MissingDestination missingDestination;

  private ProducerOptions(Builder builder) {
    window = builder.window;
    sendTimeout = builder.sendTimeout;
    missingDestination = builder.missingDestination;
  }

  /** Begins with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** How many sends may be unconfirmed; empty: as {@link ConnectionOptions#SEND_WINDOW} says. */
  public OptionalInt window() {
    return window == null ? OptionalInt.empty() : OptionalInt.of(window);
  }

  /** How long a send may take; empty: as {@link ConnectionOptions#SEND_TIMEOUT} says. */
  public Optional<Duration> sendTimeout() {
    return Optional.ofNullable(sendTimeout);
  }

  /** What becomes of a destination that does not exist. Default: it is made. */
  public MissingDestination missingDestination() {
    return missingDestination;
  }

  /** Builds {@link ProducerOptions}. Not for sharing between threads. */
  public static final class Builder {

    private @Nullable Integer window;
    private @Nullable Duration sendTimeout;
    private MissingDestination missingDestination = MissingDestination.CREATE;

    private Builder() {}

    /** Sets how many sends may be unconfirmed; 1 to 1,000,000. */
    public Builder window(int window) {
      this.window = OptionRules.fromOne(window, OptionRules.MAX_WINDOW, "window");
      return this;
    }

    /** Sets how long a send may take until it is confirmed. */
    public Builder sendTimeout(Duration sendTimeout) {
      this.sendTimeout = OptionRules.positive(sendTimeout, "sendTimeout");
      return this;
    }

    /** Sets what becomes of a destination that does not exist. */
    public Builder missingDestination(MissingDestination missingDestination) {
      this.missingDestination =
          requireNonNull(missingDestination, "missingDestination must not be null");
      return this;
    }

    /** Makes the options. */
    public ProducerOptions build() {
      return new ProducerOptions(this);
    }
  }
}
