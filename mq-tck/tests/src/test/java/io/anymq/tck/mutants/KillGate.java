package io.anymq.tck.mutants;

import io.anymq.tck.scenario.Check;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds back the end of a broker until a mutant is at the point where that end is to find it: no
 * race decides whether a rule notices. Keyed by the broker's URL.
 */
final class KillGate {

  /** Longer than any scenario waits for what comes before the kill. */
  private static final long LIMIT_MILLIS = Check.LIMIT.multipliedBy(4).toMillis();

  private static final Map<String, KillGate> GATES = new ConcurrentHashMap<>();

  private final CountDownLatch reached = new CountDownLatch(1);

  private KillGate() {}

  /** The gate of a broker, closed until {@link #reached}. */
  static KillGate of(String url) {
    return GATES.computeIfAbsent(url, key -> new KillGate());
  }

  /** The mutant is there. */
  void reached() {
    reached.countDown();
  }

  /** Waits for the mutant, where there is one that has a gate. */
  static void pass(String url) {
    KillGate gate = GATES.get(url);
    if (gate != null) {
      await(gate.reached, "the mutant to be where the broker's end is to find it");
    }
  }

  /** Waits for something that must happen; fails when it does not. */
  static void await(CountDownLatch latch, String what) {
    try {
      if (!latch.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("Waited in vain for " + what);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + what, e);
    }
  }
}
