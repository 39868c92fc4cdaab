package io.anymq.core;

import java.util.function.BooleanSupplier;

/**
 * A thread of a simulated run. Its clock is the simulation's, and where others would block it lets
 * the simulation go on. Only tests make such threads; see docs/testing.md.
 */
abstract class CooperativeThread extends Thread {

  CooperativeThread(String name) {
    super(name);
  }

  /** The simulation's monotonic clock. */
  abstract long nanoTime();

  /** The simulation's wall clock. */
  abstract long epochMillis();

  /** A number from 0 up to, not including, a bound. */
  abstract long random(long bound);

  /** Whether its task has ended. */
  abstract boolean hasEnded();

  /**
   * Lets the simulation go on until something is the case; false when it was not in time.
   *
   * @param done asked by the simulation while no other thread of it runs
   * @param deadline on the simulation's clock
   */
  abstract boolean await(BooleanSupplier done, long deadline) throws InterruptedException;
}
