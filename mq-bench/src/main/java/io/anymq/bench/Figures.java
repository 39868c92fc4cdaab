package io.anymq.bench;

/**
 * What one contender did in one round, in messages a second.
 *
 * @param sendConfirmed for {@link BenchCase#SEND_CONFIRMED}
 * @param receiveAccepted for {@link BenchCase#RECEIVE_ACCEPTED}
 */
record Figures(double sendConfirmed, double receiveAccepted) {

  /** The figure for a case. */
  double of(BenchCase measured) {
    return switch (measured) {
      case SEND_CONFIRMED -> sendConfirmed;
      case RECEIVE_ACCEPTED -> receiveAccepted;
    };
  }
}
