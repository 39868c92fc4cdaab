package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** RDLV: a dead-letter queue that refuses. */
final class FullMorgueScenarios {

  private static final String CHECK =
      "what becomes of a rejected message, and of its consumer, while the dead-letter queue is full";

  private static final String IN_THE_WAY = "in the way";
  private static final String POISON = "poison";
  private static final int PAIRS = 3;

  private FullMorgueScenarios() {}

  @Scenario(
      id = "RDLV-47",
      title = "While a dead-letter queue is full, its letters wait and hold up nobody",
      intent = "A morgue without room is no reason to stop the work, or to lose the dead.",
      needs = {Capability.BOUNDED_QUEUES, Capability.DEAD_LETTER},
      controls = BrokerControl.CUT_NETWORK,
      limitSeconds = 120)
  static void full(ScenarioContext t) {
    Connection observer = t.observer();
    Queue queue = t.queue();
    Queue morgue = queue.deadLetterQueue();
    observer.declare(morgue, QueueOptions.builder().maxLength(1).build());
    Messages.send(observer, morgue, IN_THE_WAY);
    for (int i = 0; i < PAIRS; i++) {
      Messages.send(observer, queue, POISON + i, "good" + i);
    }
    Outage outage = Outage.of(t);
    Set<String> rejected = ConcurrentHashMap.newKeySet();
    Set<String> handled = ConcurrentHashMap.newKeySet();
    outage
        .connection()
        .createConsumer(queue, patient(), delivery -> settle(delivery, rejected, handled));
    awaitHandled(PAIRS, rejected, handled);
    outage.cut();
    rejected.clear(); // what waited comes again on the next link
    outage.restore();
    Messages.send(observer, queue, "good" + PAIRS);
    awaitHandled(PAIRS + 1, rejected, handled);
    Check.equal(expected(), buried(t, morgue), "what the dead-letter queue gets", CHECK);
    outage.connection().close();
    Messages.empty(t, queue, "after all were dead-lettered", CHECK);
    Messages.empty(t, morgue, "behind one letter of each", CHECK);
  }

  /** A letter that waits at its backend is a delivery more each time it comes again. */
  private static ConsumerOptions patient() {
    return Messages.manual().prefetch(1).maxDeliveries(1_000).build();
  }

  private static void settle(Delivery delivery, Set<String> rejected, Set<String> handled) {
    String text = delivery.message().text();
    if (text.startsWith(POISON)) {
      rejected.add(text);
      delivery.reject("it is poison");
    } else {
      handled.add(text);
      delivery.accept();
    }
  }

  private static void awaitHandled(int good, Set<String> rejected, Set<String> handled) {
    Check.eventually(
        () -> handled.size() == good && rejected.size() == PAIRS,
        "%d to be handled and %d to be rejected".formatted(good, PAIRS),
        () -> handled + " and " + rejected,
        CHECK);
  }

  private static List<String> expected() {
    List<String> all = new ArrayList<>(List.of(IN_THE_WAY));
    for (int i = 0; i < PAIRS; i++) {
      all.add(POISON + i);
    }
    return all;
  }

  /** What comes to the dead-letter queue once somebody takes from it, sorted. */
  private static List<String> buried(ScenarioContext t, Queue morgue) {
    Set<String> found = new TreeSet<>();
    try (Consumer consumer = t.connect().createConsumer(morgue, Messages.manual(1))) {
      for (int i = 0; i <= PAIRS; i++) {
        Delivery letter = Messages.take(consumer);
        String text = letter.message().text();
        Check.equal(
            !text.equals(IN_THE_WAY),
            DeadLetter.of(letter.message()).isPresent(),
            "whether there is a reason in " + text,
            CHECK);
        found.add(text);
        letter.accept();
      }
    }
    return List.copyOf(found);
  }
}
