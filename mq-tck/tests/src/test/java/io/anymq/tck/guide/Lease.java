package io.anymq.tck.guide;

/**
 * A letter that is with somebody who has neither kept it nor put it back. Equal to itself alone.
 */
final class Lease {

  private final Letter letter;
  private final int count;
  final long number;

  Lease(long number, Letter letter, int count) {
    this.number = number;
    this.letter = letter;
    this.count = count;
  }

  /** The letter. */
  Letter letter() {
    return letter;
  }

  /** How often the letter has been leased, this time included; the office counts. */
  int count() {
    return count;
  }
}
