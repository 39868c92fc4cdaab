package io.anymq.tck.reference;

/** The network of one route to a broker. Guarded by the broker's lock. */
final class Network {

  boolean cut;
  boolean swallowsRequests;
  boolean swallowsAnswers;

  /** It is as good as new. */
  void mend() {
    cut = false;
    swallowsRequests = false;
    swallowsAnswers = false;
  }
}
