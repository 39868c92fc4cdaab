package io.anymq;

/** Who settles a delivery. */
public enum AcknowledgementMode {
  /**
   * The library: a listener's return accepts and its exception releases; {@code receive} accepts as
   * it returns.
   */
  AUTOMATIC,
  /** The application, with {@link Delivery#accept}, {@code release} or {@code reject}. */
  MANUAL
}
