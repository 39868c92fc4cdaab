package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SEL: what a selector means; the same on subscriptions and on queues. */
final class SelectorDialectScenarios {

  private SelectorDialectScenarios() {}

  /** Each selector's subscription gets its messages of all, in order, and the last one. */
  private static void onSubscriptions(ScenarioContext t, SelectorTable table) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Map<String, Subscription> subscriptions = new LinkedHashMap<>();
    for (String selector : table.selected().keySet()) {
      SubscriptionOptions orLast = SubscriptionOptions.builder().consumer(orLast(selector)).build();
      subscriptions.put(selector, connection.subscribe(topic, orLast));
    }
    table.messages().forEach(message -> connection.send(topic, message));
    connection.send(topic, SelectorTable.last());
    subscriptions.forEach(
        (selector, subscription) -> check(table, selector, beforeLast(subscription)));
  }

  /**
   * Each selector has a queue of its own, since what it takes is gone. There is a last message of
   * each kind, for a backend may keep persistent messages and others in order among themselves
   * only.
   */
  private static void onQueues(ScenarioContext t, SelectorTable table) {
    Connection connection = t.connect();
    for (String selector : table.selected().keySet()) {
      Queue queue = t.queue();
      table.messages().forEach(message -> connection.send(queue, message));
      connection.send(queue, SelectorTable.last());
      connection.send(queue, SelectorTable.last().toBuilder().persistent(false).build());
      try (Consumer consumer = connection.createConsumer(queue, orLast(selector))) {
        List<String> seen = beforeLast(consumer);
        seen.addAll(beforeLast(consumer));
        if (!table.messages().stream().allMatch(Message::persistent)) {
          seen.sort(null);
        }
        check(table, selector, seen);
      }
    }
  }

  private static ConsumerOptions orLast(String selector) {
    return ConsumerOptions.builder().selector(SelectorTable.orLast(selector)).build();
  }

  /** What comes until the last message, which must be among it. */
  private static List<String> beforeLast(Consumer consumer) {
    List<String> seen = new ArrayList<>();
    String next = Messages.takeText(consumer);
    while (!next.equals(SelectorTable.LAST)) {
      seen.add(next);
      next = Messages.takeText(consumer);
    }
    return seen;
  }

  private static void check(SelectorTable table, String selector, List<String> seen) {
    Check.equal(
        table.selected().get(selector),
        seen,
        "what «" + selector + "» selects",
        "whether the selector is applied to what the message says, and as in Jakarta Messaging");
  }

  @Scenario(
      id = "SEL-01",
      title = "A subscription gets what its selector is true for, in order",
      intent = "Who asks for a part gets that part.",
      needs = Capability.TOPIC_SELECTORS)
  static void conditions(ScenarioContext t) {
    onSubscriptions(t, SelectorTable.conditions());
  }

  @Scenario(
      id = "SEL-02",
      title = "What is unknown is not selected",
      intent = "A message without the property is neither equal nor unequal.",
      needs = Capability.TOPIC_SELECTORS)
  static void unknown(ScenarioContext t) {
    onSubscriptions(t, SelectorTable.unknown());
  }

  @Scenario(
      id = "SEL-03",
      title = "A selector sees the message's fields",
      intent = "What is a field here is a header in JMS, and is called as there.",
      needs = Capability.TOPIC_SELECTORS)
  static void fields(ScenarioContext t) {
    onSubscriptions(t, SelectorTable.fields());
  }

  @Scenario(
      id = "SEL-04",
      title = "Numbers compare by value, and with nothing else",
      intent = "The type that a sender chose for a number is not the receiver's business.",
      needs = Capability.TOPIC_SELECTORS)
  static void types(ScenarioContext t) {
    onSubscriptions(t, SelectorTable.types());
  }

  @Scenario(
      id = "SEL-10",
      title = "A consumer of a queue gets what its selector is true for, in order",
      intent = "Who asks for a part gets that part.",
      needs = Capability.QUEUE_SELECTORS)
  static void conditionsOfQueues(ScenarioContext t) {
    onQueues(t, SelectorTable.conditions());
  }

  @Scenario(
      id = "SEL-11",
      title = "What is unknown is not selected from a queue",
      intent = "A message without the property is neither equal nor unequal.",
      needs = Capability.QUEUE_SELECTORS)
  static void unknownOfQueues(ScenarioContext t) {
    onQueues(t, SelectorTable.unknown());
  }

  @Scenario(
      id = "SEL-12",
      title = "A queue's selector sees the message's fields",
      intent = "What is a field here is a header in JMS, and is called as there.",
      needs = Capability.QUEUE_SELECTORS)
  static void fieldsOfQueues(ScenarioContext t) {
    onQueues(t, SelectorTable.fields());
  }

  @Scenario(
      id = "SEL-13",
      title = "A queue's selector compares numbers by value, and with nothing else",
      intent = "A broker's own dialect never decides what a program gets.",
      needs = Capability.QUEUE_SELECTORS)
  static void typesOfQueues(ScenarioContext t) {
    onQueues(t, SelectorTable.types());
  }
}
