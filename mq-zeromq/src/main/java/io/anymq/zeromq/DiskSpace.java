package io.anymq.zeromq;

import java.util.function.LongSupplier;

/**
 * Sees to it that the disk does not become full: what is refused in time is refused in order, while
 * a write that fails in the middle ends the hub. It asks the system once in a while. For the hub's
 * thread.
 */
final class DiskSpace {

  /**
   * What is left alone: room for what makes room again (acceptances, and the cleaning of old
   * files), and for others who write meanwhile.
   */
  static final long RESERVE_BYTES = 64L << 20;

  /** How much is written until it asks again. */
  private static final long STRIDE_BYTES = 8L << 20;

  private final LongSupplier usable;
  private long allowance;
  private long unasked = STRIDE_BYTES;
  private boolean isShort;

  /**
   * A disk.
   *
   * @param usable tells how many bytes are free
   */
  DiskSpace(LongSupplier usable) {
    this.usable = usable;
  }

  /** Whether so many bytes may be written; they count as written then. */
  boolean take(long bytes) {
    if (bytes > allowance) {
      long free = ask() - RESERVE_BYTES;
      if (free < bytes) {
        return false;
      }
      allowance = Math.min(free, Math.max(bytes, STRIDE_BYTES));
    }
    allowance -= bytes;
    return true;
  }

  /**
   * Whether there is so little left that waste should make room: twice what is left alone.
   *
   * @param written how many bytes have been written since this was asked
   */
  boolean isShort(long written) {
    unasked += written;
    if (unasked >= STRIDE_BYTES) {
      ask();
    }
    return isShort;
  }

  private long ask() {
    long free = usable.getAsLong();
    unasked = 0;
    isShort = free < 2 * RESERVE_BYTES;
    return free;
  }
}
