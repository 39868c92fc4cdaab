package io.anymq.tck.broker;

import java.io.IOException;

/**
 * Asks a broker whether it serves clients. Used again and again while it starts, so each try has to
 * be short.
 */
@FunctionalInterface
public interface BrokerProbe {

  /**
   * Asks once, within a second or two.
   *
   * @return the broker's version in its own words
   * @throws IOException when it does not answer, or not as its protocol demands; the message says
   *     what was seen
   */
  String version() throws IOException;

  /** Asks this one first and, when that answers, gives what the other one says. */
  default BrokerProbe then(BrokerProbe other) {
    return () -> {
      version();
      return other.version();
    };
  }
}
