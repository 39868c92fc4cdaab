package io.anymq.tck.broker;

/**
 * What can be done to a broker in a test; a broker that somebody else runs allows less than one
 * that the kit started.
 */
public enum BrokerControl {
  /** {@link BrokerHandle#kill()}. */
  KILL,
  /** {@link BrokerHandle#stop()}. */
  STOP,
  /** {@link BrokerHandle#pause()} and {@link BrokerHandle#resume()}. */
  PAUSE,
  /** {@link BrokerHandle#restart()}. */
  RESTART,
  /** {@link BrokerHandle#cutNetwork()} and {@link BrokerHandle#restoreNetwork()}. */
  CUT_NETWORK,
  /** {@link BrokerHandle#swallowRequests()} and {@link BrokerHandle#swallowAnswers()}. */
  SWALLOW
}
