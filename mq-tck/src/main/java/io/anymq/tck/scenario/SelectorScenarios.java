package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConsumerOptions;
import io.anymq.ErrorCode;
import io.anymq.InvalidSelectorException;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** SEL: subscriptions that take a part of what is sent. */
final class SelectorScenarios {

  private static final String CHECK =
      "whether the selector is applied to what the message says, before it is handed out";

  private SelectorScenarios() {}

  private static ConsumerOptions.Builder selecting(String selector) {
    return ConsumerOptions.builder().selector(selector);
  }

  private static SubscriptionOptions plain(String selector) {
    return SubscriptionOptions.builder().consumer(selecting(selector).build()).build();
  }

  private static SubscriptionOptions durable(String name, ConsumerOptions consumer) {
    return SubscriptionOptions.builder().durable(name).consumer(consumer).build();
  }

  @Scenario(
      id = "SEL-05",
      title = "A malformed selector is refused at once",
      intent = "A typing error is no empty subscription.",
      needs = {Capability.TOPIC_SELECTORS, Capability.DURABLE_SUBSCRIPTIONS})
  static void malformed(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    String check = "whether the selector is read before anything is asked of the broker";
    for (String selector : List.of("", "colour =", "colour = 'red", "colour > 'red'", "'red'")) {
      InvalidSelectorException refusal =
          Check.refused(
              InvalidSelectorException.class,
              () -> connection.subscribe(topic, durable("sub", selecting(selector).build())),
              "a subscription with the selector «" + selector + "»",
              check);
      Check.equal(ErrorCode.INVALID_SELECTOR, refusal.code(), "its code", check);
    }
    t.removeAtEnd(topic, "sub");
    Messages.send(connection, topic, "before");
    try (Subscription made = connection.subscribe(topic, SubscriptionOptions.durable("sub"))) {
      Messages.marker(connection, topic, made, "that a refused subscription has kept", check);
    }
  }

  @Scenario(
      id = "SEL-06",
      title = "What is not selected holds up nothing",
      intent = "A rare message is found behind many others, however small the prefetch.",
      needs = Capability.TOPIC_SELECTORS)
  static void holdsUpNothing(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    ConsumerOptions one = selecting("rare = TRUE").prefetch(1).build();
    Subscription subscription =
        connection.subscribe(topic, SubscriptionOptions.builder().consumer(one).build());
    Messages.sendNumbers(connection, topic, 100);
    connection.send(topic, SelectorTable.message("rare").property("rare", true).build());
    Check.equal("rare", Messages.takeText(subscription), "the one behind a hundred", CHECK);
  }

  @Scenario(
      id = "SEL-07",
      title = "What a durable subscription does not select is gone",
      intent = "It fills no disk, and is no dead letter.",
      needs = {Capability.TOPIC_SELECTORS, Capability.DURABLE_SUBSCRIPTIONS})
  static void leavesNothing(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Queue dead = t.queue();
    t.removeAtEnd(topic, "sub");
    SubscriptionOptions red =
        durable("sub", selecting("colour = 'red'").deadLetterQueue(dead).build());
    connection.subscribe(topic, red).close();
    connection.send(topic, SelectorTable.coloured("0", "blue"));
    connection.send(topic, SelectorTable.coloured("1", "red"));
    try (Subscription again = connection.subscribe(topic, red)) {
      Check.equal("1", Messages.takeText(again), "what was kept meanwhile", CHECK);
    }
    try (Subscription all = connection.subscribe(topic, SubscriptionOptions.durable("sub"))) {
      Messages.marker(connection, topic, all, "of what was not selected", CHECK);
    }
    Messages.empty(t, dead, "of what was not selected", CHECK);
  }

  @Scenario(
      id = "SEL-08",
      title = "A session's rollback brings back what was selected, and nothing else",
      intent = "What was not selected was never in the unit of work.",
      needs = {Capability.TOPIC_SELECTORS, Capability.TRANSACTIONS})
  static void inSession(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    try (Session session = connection.createSession()) {
      Subscription subscription = session.subscribe(topic, plain("colour = 'red'"));
      for (int i : IntStream.range(0, 4).toArray()) {
        String colour = i % 2 == 0 ? "blue" : "red";
        connection.send(topic, SelectorTable.coloured("" + i, colour));
      }
      Check.equal(List.of("1", "3"), Messages.takeTexts(subscription, 2), "the red ones", CHECK);
      session.rollback();
      Set<String> again = Set.copyOf(Messages.takeTexts(subscription, 2));
      Check.equal(Set.of("1", "3"), again, "the red ones after the rollback", CHECK);
      session.commit();
      connection.send(topic, SelectorTable.coloured("5", "red"));
      Check.equal("5", Messages.takeText(subscription), "the next red one", CHECK);
    }
  }

  @Scenario(
      id = "SEL-09",
      title = "A selector is refused in a shared subscription",
      intent = "Members with different selectors would lose each other's messages.",
      needs = {Capability.TOPIC_SELECTORS, Capability.SHARED_SUBSCRIPTIONS})
  static void shared(ScenarioContext t) {
    SubscriptionOptions shared =
        SubscriptionOptions.builder()
            .shared("team")
            .consumer(selecting("colour = 'red'").build())
            .build();
    Check.refused(
        () -> t.connect().subscribe(t.topic(), shared),
        "a shared subscription with a selector",
        "what is checked before a subscription is made",
        ErrorCode.UNSUPPORTED_CAPABILITY);
  }
}
