package io.anymq.zeromq;

import java.io.Serial;

/** The hub does not do what a peer asked for. Never leaves this package. */
final class Refusal extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private final WireError error;

  Refusal(WireError error, String sentence) {
    // No stack trace: it is an answer to a peer, not a fault of the hub.
    super(sentence, null, false, false);
    this.error = error;
  }

  WireError error() {
    return error;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
