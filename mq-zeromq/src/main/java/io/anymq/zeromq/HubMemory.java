package io.anymq.zeromq;

/** Counts the bytes that the hub keeps, against its limit. For the hub's thread. */
final class HubMemory {

  private final long limit;
  private long used;

  HubMemory(long limit) {
    this.limit = limit;
  }

  long used() {
    return used;
  }

  boolean fits(long bytes) {
    return used + bytes <= limit;
  }

  void take(long bytes) {
    used += bytes;
  }

  void give(long bytes) {
    used -= bytes;
  }

  Refusal full() {
    return new Refusal(
        WireError.QUEUE_FULL,
        "The hub keeps %d bytes, and its limit is %d: consume or purge, or give it more"
            .formatted(used, limit));
  }
}
