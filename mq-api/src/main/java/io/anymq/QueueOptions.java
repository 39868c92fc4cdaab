package io.anymq;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a queue is made. Immutable.
 *
 * @see #builder()
 */
public final class QueueOptions {

  /** All defaults: as long as the broker has room. */
  public static final QueueOptions DEFAULT = builder().build();

  private final @Nullable Long maxLength;
  private final boolean prioritized;

  private QueueOptions(Builder builder) {
    maxLength = builder.maxLength;
    prioritized = builder.prioritized;
  }

  /** Begins with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** How many messages it holds before it refuses; empty: no limit. */
  public OptionalLong maxLength() {
    return maxLength == null ? OptionalLong.empty() : OptionalLong.of(maxLength);
  }

  /**
   * Whether it delivers messages of a higher priority first; those of one priority stay in order.
   * Default: no, first in first out, whatever their priority.
   */
  public boolean prioritized() {
    return prioritized;
  }

  /** Builds {@link QueueOptions}. Not for sharing between threads. */
  public static final class Builder {

    private @Nullable Long maxLength;
    private boolean prioritized;

    private Builder() {}

    /**
     * Sets how many messages it holds before it refuses; needs {@link Capability#BOUNDED_QUEUES}.
     */
    public Builder maxLength(long maxLength) {
      if (maxLength < 1) {
        throw new InvalidOptionException("maxLength must be 1 or more, not " + maxLength);
      }
      this.maxLength = maxLength;
      return this;
    }

    /**
     * Sets whether it delivers messages of a higher priority first; needs {@link
     * Capability#PRIORITY}.
     */
    public Builder prioritized(boolean prioritized) {
      this.prioritized = prioritized;
      return this;
    }

    /** Makes the options. */
    public QueueOptions build() {
      return new QueueOptions(this);
    }
  }
}
