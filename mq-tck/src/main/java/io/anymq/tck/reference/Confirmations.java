package io.anymq.tck.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Tells a link's senders what became of their messages, in order, on the link's thread; held back
 * while the broker is frozen, and for ever when the link is gone. Guarded by the broker's lock.
 */
final class Confirmations {

  private final MemoryBroker broker;
  private final Worker thread;
  private final BooleanSupplier alive;
  private final List<Runnable> held = new ArrayList<>();

  /**
   * Makes the confirmations of one link.
   *
   * @param broker whether it is frozen
   * @param thread tells
   * @param alive whether the link is there; asked under the lock
   */
  Confirmations(MemoryBroker broker, Worker thread, BooleanSupplier alive) {
    this.broker = broker;
    this.thread = thread;
    this.alive = alive;
  }

  /** Under the lock. */
  void tell(Runnable outcome) {
    Runnable ifAlive =
        () -> {
          if (broker.locked(alive::getAsBoolean)) {
            outcome.run();
          }
        };
    if (!broker.frozen()) {
      thread.execute(ifAlive);
    } else {
      held.add(ifAlive);
    }
  }

  /** Those that were held back, if the broker runs on. */
  void tellHeld() {
    if (!broker.frozen()) {
      broker.lockedRun(
          () -> {
            held.forEach(thread::execute);
            held.clear();
          });
    }
  }
}
