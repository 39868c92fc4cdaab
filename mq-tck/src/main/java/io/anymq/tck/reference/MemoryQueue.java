package io.anymq.tck.reference;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Messages in order, and who consumes them; behind a queue or a subscription. Guarded by the
 * broker's lock.
 */
final class MemoryQueue {

  /** By age; with priorities, the higher ones first. */
  private static final Comparator<Stored> BY_AGE = Comparator.comparingLong(each -> each.position);

  private static final Comparator<Stored> BY_PRIORITY =
      Comparator.<Stored>comparingInt(each -> -each.priority).thenComparing(BY_AGE);

  private final NavigableSet<Stored> ready;
  private final Set<MemoryConsumer> consumers = new LinkedHashSet<>();
  private final KeysInUse keys = new KeysInUse();
  private final QueueOptions options;
  private final long maxLength;
  private int inFlight;

  MemoryQueue(QueueOptions options) {
    this.options = options;
    maxLength = options.maxLength().orElse(Long.MAX_VALUE);
    ready = new TreeSet<>(options.prioritized() ? BY_PRIORITY : BY_AGE);
  }

  int ready() {
    return ready.size();
  }

  int inFlight() {
    return inFlight;
  }

  boolean full() {
    return ready.size() + inFlight >= maxLength;
  }

  List<Stored> contents() {
    return List.copyOf(ready);
  }

  Set<MemoryConsumer> consumers() {
    return consumers;
  }

  /** Adds a new message, or gives one back to its place. */
  void add(Stored stored) {
    ready.add(stored);
    consumers.forEach(MemoryConsumer::wake);
  }

  /**
   * Throws when the queue is not made as a declaration asks; asking for nothing is always right.
   */
  void requireSame(Destination name, QueueOptions asked) {
    boolean asks = asked.maxLength().isPresent() || asked.prioritized();
    if (asks
        && !(asked.maxLength().equals(options.maxLength())
            && asked.prioritized() == options.prioritized())) {
      throw new InvalidOptionException(
          "%s exists with %s; asked for %s"
              .formatted(name.describe(), described(options), described(asked)));
    }
  }

  private static String described(QueueOptions options) {
    String length =
        options.maxLength().isPresent()
            ? "a maximum length of " + options.maxLength().getAsLong()
            : "no maximum length";
    return length + (options.prioritized() ? " and priorities" : " and no priorities");
  }

  /**
   * Throws when there are consumers that keep the order of keys by turns, or do not, unlike this.
   */
  void requireOneKind(boolean keyOrdered) {
    if (consumers.stream().anyMatch(each -> each.isKeyOrdered() != keyOrdered)) {
      throw new MessagingException(
          ErrorCode.SUBSCRIPTION_IN_USE,
          keyOrdered
              ? "Consumers that do not ask for the order of keys are there; close them first"
              : "Consumers that keep the order of keys are there; close them first");
    }
  }

  /** Whether a consumer is the first of those who take turns. */
  boolean hasTurn(MemoryConsumer consumer) {
    return consumers.iterator().next().equals(consumer);
  }

  /** Whoever is next in turn looks. */
  void wakeAll() {
    consumers.forEach(MemoryConsumer::wake);
  }

  /**
   * Takes messages for a consumer: a fair share of what is there, within its credit, of those that
   * it selects. As long as one of the consumers asks for the order of keys, no message is taken
   * while one of its key is unsettled, whoever takes it.
   */
  List<Stored> take(int credit, Predicate<Stored> selected) {
    int takers = Math.max(1, consumers.size());
    int share = (ready.size() + takers - 1) / takers;
    List<Stored> taken = new ArrayList<>();
    boolean keyOrdered = consumers.stream().anyMatch(MemoryConsumer::hasKeysOrdered);
    Iterator<Stored> next = ready.iterator();
    while (taken.size() < Math.min(credit, share) && next.hasNext()) {
      Stored stored = next.next();
      if (selected.test(stored) && (!keyOrdered || keys.allows(stored))) {
        next.remove();
        keys.taken(stored);
        stored.deliveries++;
        taken.add(stored);
      }
    }
    inFlight += taken.size();
    return taken;
  }

  void giveBack(Stored stored) {
    inFlight--;
    comeBack(stored);
  }

  /** It is to come back later; until then its key waits with it. */
  void goAway() {
    inFlight--;
  }

  void comeBack(Stored stored) {
    keys.settled(stored);
    add(stored);
  }

  void done(Stored stored) {
    inFlight--;
    keys.settled(stored);
    if (stored.key != null) {
      consumers.forEach(MemoryConsumer::wake);
    }
  }

  void purge() {
    ready.clear();
  }

  void forgetTransient() {
    ready.removeIf(stored -> !stored.persistent);
  }
}
