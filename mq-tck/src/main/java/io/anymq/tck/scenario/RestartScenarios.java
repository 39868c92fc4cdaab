package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.List;

/** RECOV: what is there, and what is not, when the broker runs again. */
final class RestartScenarios {

  private static final String KEEPER = "keeper";

  private RestartScenarios() {}

  @Scenario(
      id = "RECOV-24",
      title = "A crash of the broker changes neither what is there nor what is gone",
      intent = "What was counted before a crash is counted after it, and gone is gone.",
      needs = {
        Capability.PERSISTENCE,
        Capability.QUEUE_DEPTH,
        Capability.PURGE,
        Capability.DURABLE_SUBSCRIPTIONS,
        Capability.TOPIC_PATTERNS
      },
      controls = {BrokerControl.KILL, BrokerControl.RESTART},
      limitSeconds = 180)
  static void killed(ScenarioContext t) {
    Queue deleted = t.queue();
    Queue purged = t.queue();
    Queue full = t.queue();
    Topic topic = t.topic();
    TopicPattern pattern = TopicPattern.of(topic.name() + ".#");
    t.onClose(() -> t.observer().unsubscribe(pattern, KEEPER));
    Connection before = t.connect();
    before.subscribe(pattern, SubscriptionOptions.durable(KEEPER)).close();
    Messages.sendNumbers(before, deleted, 20);
    before.delete(deleted);
    t.growOld();
    Messages.sendNumbers(before, purged, 20);
    before.purge(purged);
    Messages.send(before, purged, "after the purge");
    Messages.sendNumbers(before, full, 7);
    Messages.sendNumbers(before, topic, 5);
    before.close();
    t.onClose(t.broker()::ensureUp);
    t.broker().kill();
    t.broker().restart();
    isThere(t.connect(), full, purged, pattern);
    isGone(t, deleted);
  }

  private static void isThere(
      Connection connection, Queue full, Queue purged, TopicPattern pattern) {
    String check = "what depth counts, and that a purge is written down as sends are";
    Check.equal(7L, connection.depth(full).atRest(), "the depth after the crash", check);
    Check.equal(1L, connection.depth(purged).atRest(), "the depth of a purged queue", check);
    String first = Messages.takeText(connection.createConsumer(purged));
    Check.equal("after the purge", first, "the first message of a purged queue", check);
    List<String> kept =
        Messages.takeTexts(connection.subscribe(pattern, SubscriptionOptions.durable(KEEPER)), 5);
    Check.equal(Messages.numbers(5), kept, "what the subscription kept", "its durability");
  }

  private static void isGone(ScenarioContext t, Queue deleted) {
    String check = "that a deletion is written down as sends are";
    Check.that(!t.observer().exists(deleted), "no queue that was deleted", deleted, check);
    t.observer().declare(deleted);
    Messages.empty(t, deleted, "that was deleted before the crash", check);
  }
}
