package io.anymq.tck.broker;

/**
 * One way of getting a broker of one kind. Stateless; may be used from any thread, several at once
 * too.
 */
public interface BrokerStrategy {

  /** Which way this is. */
  Provisioning provisioning();

  /**
   * Whether it can look for a {@linkplain BrokerRequest#version() version}; otherwise it is not
   * asked for one.
   */
  default boolean choosesVersion() {
    return false;
  }

  /**
   * Gets a broker that answers.
   *
   * @throws BrokerUnavailableException when this way is closed on this machine; the next one is
   *     tried then
   * @throws BrokerException when it is open and the broker did not start all the same; this ends
   *     the search, because a broker that cannot start is a finding and not a reason to take
   *     another
   */
  BrokerHandle start(BrokerRequest request);
}
