package io.anymq.tck.reference;

import java.util.HashMap;
import java.util.Map;

/** How many messages of each key are unsettled. Guarded by the broker's lock. */
final class KeysInUse {

  private final Map<String, Integer> unsettled = new HashMap<>();

  /** Whether a message may go when the order of its key is to be kept. */
  boolean allows(Stored stored) {
    return stored.key == null || !unsettled.containsKey(stored.key);
  }

  void taken(Stored stored) {
    if (stored.key != null) {
      unsettled.merge(stored.key, 1, Integer::sum);
    }
  }

  void settled(Stored stored) {
    if (stored.key != null) {
      unsettled.computeIfPresent(stored.key, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
