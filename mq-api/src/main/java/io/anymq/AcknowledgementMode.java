package io.anymq;

/** Who settles a delivery. The default is automatic for a listener, manual for a pull consumer. */
public enum AcknowledgementMode {
  /**
   * The library: a listener's return accepts and its exception releases. A {@code receive} accepts
   * as it returns, which gives up the message's second chance: should the program fail before it
   * has handled the message, the message is lost.
   */
  AUTOMATIC,
  /**
   * The application, with {@link Delivery#accept}, {@code release} or {@code reject}. A listener
   * that throws releases what it left unsettled.
   */
  MANUAL
}
