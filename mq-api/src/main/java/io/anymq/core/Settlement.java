package io.anymq.core;

/** How a delivery was settled. */
enum Settlement {
  ACCEPTED("accepted"),
  RELEASED("released"),
  REJECTED("rejected");

  private final String word;

  Settlement(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
