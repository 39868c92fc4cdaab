package io.anymq.core.script;

import io.anymq.selector.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What holds messages: a queue, or a subscription. */
public final class Store {

  private final String name;
  private final TreeMap<Long, Entry> ready = new TreeMap<>();
  private final List<Visit> visits = new ArrayList<>();

  /** How many sends it refuses from now on. */
  int refusals;

  /** Whether a refusal is for a reason that does not pass by itself. */
  boolean lasting;

  private final boolean temporary;

  Store(String name) {
    this(name, false);
  }

  Store(String name, boolean temporary) {
    this.name = name;
    this.temporary = temporary;
  }

  void add(Entry entry) {
    ready.put(entry.place(), entry);
  }

  void join(Visit visit) {
    visits.add(visit);
  }

  void leave(Visit visit) {
    visits.remove(visit);
  }

  boolean isVisited() {
    return !visits.isEmpty();
  }

  /** Whether it is for the replies to a connection's requests. */
  public boolean isTemporary() {
    return temporary;
  }

  /** What waits here, in order. */
  public List<Entry> ready() {
    return List.copyOf(ready.values());
  }

  /** What consumers hold. */
  public List<ScriptedDelivery> held() {
    return visits.stream().flatMap(visit -> visit.unsettled().stream()).toList();
  }

  /** Who consumes from it. */
  public List<Visit> visits() {
    return List.copyOf(visits);
  }

  /** Gives what is ready to those who have places, as fairly as chance is. */
  void pump(ScriptedBroker broker) {
    boolean given = true;
    while (given) {
      given = false;
      List<Visit> hungry = new ArrayList<>(visits.stream().filter(Visit::isHungry).toList());
      if (!visits.isEmpty() && visits.get(0).isKeyOrdered()) {
        hungry.retainAll(visits.subList(0, 1)); // one at a time gets everything
      }
      while (!given && !hungry.isEmpty()) {
        Visit visit = hungry.remove(broker.simulation().random(hungry.size()));
        Optional<Entry> next = next(visit.selector(), broker.simulation().nanoTime());
        next.ifPresent(entry -> ready.remove(entry.place()));
        next.ifPresent(visit::give);
        given = next.isPresent();
      }
    }
  }

  private Optional<Entry> next(Optional<Selector> selector, long now) {
    return ready.values().stream()
        .filter(entry -> entry.notBefore <= now)
        .filter(entry -> selector.map(some -> some.matches(entry.message())).orElse(true))
        .findFirst();
  }

  @Override
  public String toString() {
    return name;
  }
}
