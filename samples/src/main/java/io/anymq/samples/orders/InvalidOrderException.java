package io.anymq.samples.orders;

import java.io.Serial;

/** A row that is no order. */
final class InvalidOrderException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private final String reason;

  InvalidOrderException(String kind, String fault) {
    super(kind + ": " + fault);
    reason = kind + ": " + fault;
  }

  /** {@code kind: what is wrong}. */
  String reason() {
    return reason;
  }

  /** The kind in such a reason; all of it when there is no kind. */
  static String kindIn(String reason) {
    int end = reason.indexOf(':');
    return end < 0 ? reason : reason.substring(0, end);
  }
}
