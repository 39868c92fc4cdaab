package io.anymq.tck.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Goes through the books once. Used by one thread. */
final class Reconciler {

  private final Map<Long, String> keys = new HashMap<>();
  private final Map<Ledger.Sent, Set<Long>> sent = new HashMap<>();
  private final Set<Long> seen = new HashSet<>();
  private final Map<String, Long> lastOfKey = new HashMap<>();
  private final List<Long> flaggedDuplicates = new ArrayList<>();
  private final List<Long> unflaggedDuplicates = new ArrayList<>();
  private final List<Long> phantoms = new ArrayList<>();
  private final List<Long> corrupted = new ArrayList<>();
  private final List<Long> outOfOrder = new ArrayList<>();

  Reconciler() {
    for (Ledger.Sent state : Ledger.Sent.values()) {
      sent.put(state, new HashSet<>());
    }
  }

  void sent(long number, String key, Ledger.Sent state) {
    keys.put(number, key);
    of(state).add(number);
  }

  void arrived(Ledger.Arrival arrival) {
    long number = arrival.number();
    if (!arrival.intact()) {
      corrupted.add(number);
      return;
    }
    if (!keys.containsKey(number) || of(Ledger.Sent.FAILED).contains(number)) {
      phantoms.add(number);
      return;
    }
    if (!seen.add(number)) {
      (arrival.redelivered() ? flaggedDuplicates : unflaggedDuplicates).add(number);
      return;
    }
    Long last = lastOfKey.put(keys.getOrDefault(number, ""), number);
    if (last != null && last > number) {
      outOfOrder.add(number);
    }
  }

  Reconciliation result() {
    List<Long> lost =
        of(Ledger.Sent.CONFIRMED).stream()
            .filter(number -> !seen.contains(number))
            .sorted()
            .toList();
    Reconciliation.Sides sides =
        new Reconciliation.Sides(
            keys.size(),
            of(Ledger.Sent.CONFIRMED).size(),
            of(Ledger.Sent.FAILED).size(),
            of(Ledger.Sent.IN_DOUBT).size(),
            seen.size());
    return new Reconciliation(
        sides,
        lost,
        List.copyOf(flaggedDuplicates),
        List.copyOf(unflaggedDuplicates),
        List.copyOf(phantoms),
        List.copyOf(corrupted),
        List.copyOf(outOfOrder));
  }

  private Set<Long> of(Ledger.Sent state) {
    return sent.getOrDefault(state, Set.of());
  }
}
