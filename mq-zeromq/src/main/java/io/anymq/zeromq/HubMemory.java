package io.anymq.zeromq;

import java.util.function.BooleanSupplier;

/** Counts the bytes that the hub keeps, against its limit. For the hub's thread. */
final class HubMemory {

  private final long limit;
  private BooleanSupplier reclaiming = () -> false;
  private long used;

  HubMemory(long limit) {
    this.limit = limit;
  }

  long used() {
    return used;
  }

  /** Sets what gives up memory that nobody has a right to; false when there is none left. */
  void reclaimBy(BooleanSupplier giver) {
    reclaiming = giver;
  }

  /** Whether there is room, after what can be given up has been. */
  boolean fits(long bytes) {
    while (used + bytes > limit && reclaiming.getAsBoolean()) {
      // The next one may be enough.
    }
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
