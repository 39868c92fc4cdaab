package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** TOPIC: durable subscriptions. */
final class DurableScenarios {

  private static final String NAME = "keeper";
  private static final SubscriptionOptions DURABLE = SubscriptionOptions.durable(NAME);

  private DurableScenarios() {}

  @Scenario(
      id = "TOPIC-20",
      title = "A durable subscription keeps what is sent while nobody is there",
      intent = "A subscriber can restart without missing anything.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void keeps(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = durableTopic(t);
    connection.subscribe(topic, DURABLE).close();
    Messages.sendNumbers(connection, topic, 10);
    Subscription again = connection.subscribe(topic, DURABLE);
    Check.equal(
        Messages.numbers(10),
        Messages.takeTexts(again, 10),
        "what was sent meanwhile, in order",
        "what close does to a durable subscription");
  }

  @Scenario(
      id = "TOPIC-21",
      title = "A durable subscription outlives its connection",
      intent = "It belongs to its name, not to a process.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void outlives(ScenarioContext t) {
    Topic topic = durableTopic(t);
    Connection first = t.connect();
    Subscription subscription = first.subscribe(topic, DURABLE);
    Messages.send(first, topic, "0");
    Check.equal("0", Messages.takeText(subscription), "the message while it is there", "subscribe");
    first.close();
    Messages.send(t.connect(), topic, "1", "2");
    Subscription again = t.connect().subscribe(topic, DURABLE);
    List<String> received = Messages.takeTexts(again, 2);
    Check.equal(List.of("1", "2"), received, "what was sent meanwhile", "where it is kept");
  }

  @Scenario(
      id = "TOPIC-22",
      title = "A durable subscription that is held refuses a second consumer",
      intent = "Two that do not know of each other do not split one subscriber's messages.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void held(ScenarioContext t) {
    Topic topic = durableTopic(t);
    Connection connection = t.connect();
    Subscription holder = connection.subscribe(topic, DURABLE);
    String check = "the exclusive hold on a durable subscription";
    ErrorCode code = ErrorCode.SUBSCRIPTION_IN_USE;
    Check.refused(
        () -> t.connect().subscribe(topic, DURABLE), "another connection's subscribe", check, code);
    Check.refused(
        () -> connection.subscribe(topic, DURABLE), "the same connection's subscribe", check, code);
    Messages.send(connection, topic, "a");
    Check.equal("a", Messages.takeText(holder), "the holder's message", "what a refusal breaks");
    holder.close();
    Messages.send(connection, topic, "b");
    Subscription next = t.connect().subscribe(topic, DURABLE);
    Check.equal("b", Messages.takeText(next), "the next holder's message", check);
  }

  @Scenario(
      id = "TOPIC-23",
      title = "unsubscribe removes a durable subscription with its backlog",
      intent = "Nothing collects for ever.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void unsubscribe(ScenarioContext t) {
    Topic topic = durableTopic(t);
    Connection connection = t.connect();
    connection.subscribe(topic, DURABLE).close();
    Messages.send(connection, topic, "backlog");
    connection.unsubscribe(topic, NAME);
    Messages.send(connection, topic, "while there is none");
    Subscription again = connection.subscribe(topic, DURABLE);
    Messages.send(connection, topic, "after");
    Check.equal("after", Messages.takeText(again), "the first message", "what unsubscribe removes");
  }

  @Scenario(
      id = "TOPIC-24",
      title = "A durable subscription that is held cannot be removed",
      intent = "Nobody pulls the rug from under a consumer.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void unsubscribeHeld(ScenarioContext t) {
    Topic topic = durableTopic(t);
    Connection connection = t.connect();
    Subscription holder = connection.subscribe(topic, DURABLE);
    Check.refused(
        () -> t.connect().unsubscribe(topic, NAME),
        "unsubscribe of a subscription that is held",
        "that the hold is asked for before anything is removed",
        ErrorCode.SUBSCRIPTION_IN_USE);
    Messages.send(connection, topic, "a");
    Check.equal("a", Messages.takeText(holder), "the holder's message", "what a refusal breaks");
  }

  @Scenario(
      id = "TOPIC-25",
      title = "Removing a subscription that does not exist is no failure",
      intent = "Clearing up can be done twice.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void unsubscribeMissing(ScenarioContext t) {
    Connection connection = t.connect();
    connection.unsubscribe(t.topic(), "nobody");
    connection.unsubscribe(t.newTopic(), "nobody");
    Topic topic = durableTopic(t);
    connection.subscribe(topic, DURABLE).unsubscribe();
    connection.unsubscribe(topic, NAME);
  }

  @Scenario(
      id = "TOPIC-26",
      title = "Subscriptions of one name on two topics are two",
      intent = "A name is unique for its topic, as the API says.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void sameName(ScenarioContext t) {
    Topic first = durableTopic(t);
    Topic second = durableTopic(t);
    Connection connection = t.connect();
    Subscription ofFirst = connection.subscribe(first, DURABLE);
    Subscription ofSecond = connection.subscribe(second, DURABLE);
    Messages.send(connection, first, "first");
    Messages.send(connection, second, "second");
    String check = "that the native name of a subscription has the topic in it";
    Check.equal("first", Messages.takeText(ofFirst), "the first topic's message", check);
    Check.equal("second", Messages.takeText(ofSecond), "the second topic's message", check);
    Messages.marker(connection, first, ofFirst, "from the other topic", check);
  }

  @Scenario(
      id = "TOPIC-27",
      title = "Durable subscriptions of one topic each keep everything",
      intent = "Subscribers do not share unless they ask to.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void twoNames(ScenarioContext t) {
    Topic topic = durableTopic(t);
    t.removeAtEnd(topic, "other");
    Connection connection = t.connect();
    connection.subscribe(topic, DURABLE).close();
    connection.subscribe(topic, SubscriptionOptions.durable("other")).close();
    Messages.sendNumbers(connection, topic, 5);
    for (String name : List.of(NAME, "other")) {
      SubscriptionOptions options = SubscriptionOptions.durable(name);
      try (Subscription subscription = connection.subscribe(topic, options)) {
        Check.equal(Optional.of(name), subscription.name(), "the name", "Subscription.name");
        List<String> kept = Messages.takeTexts(subscription, 5);
        Check.equal(Messages.numbers(5), kept, "what '" + name + "' kept", "the topic's copies");
      }
    }
  }

  @Scenario(
      id = "TOPIC-28",
      title = "What a durable subscriber accepted is done, what it held comes again",
      intent = "Settling means the same as on a queue.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void settled(ScenarioContext t) {
    Topic topic = durableTopic(t);
    Connection connection = t.connect();
    Subscription first = connection.subscribe(topic, Messages.manualDurable(NAME));
    Messages.sendNumbers(connection, topic, 4);
    List<Delivery> held = Messages.take(first, 4);
    held.get(0).accept();
    held.get(2).accept();
    first.close();
    Subscription again = connection.subscribe(topic, Messages.manualDurable(NAME));
    Set<String> rest = new TreeSet<>();
    for (Delivery delivery : Messages.take(again, 2)) {
      rest.add(delivery.message().text());
      Check.that(delivery.redelivered(), "redelivered() to be true", "false", "the native flag");
    }
    Check.equal(Set.of("1", "3"), rest, "what comes again", "how subscriptions are settled");
    Messages.marker(
        connection, topic, again, "as the others were accepted", "how subscriptions are settled");
  }

  @Scenario(
      id = "TOPIC-29",
      title = "A subscription's name is checked",
      intent = "A name that one broker takes must not fail on the next.")
  static void badName(ScenarioContext t) {
    for (String name : List.of("", "a b", "ä", "x".repeat(201))) {
      Check.refused(
          InvalidDestinationException.class,
          () -> SubscriptionOptions.durable(name),
          "the subscription name '" + name + "'",
          "SubscriptionOptions");
    }
  }

  @Scenario(
      id = "TOPIC-30",
      title = "A durable subscription begins when it is made",
      intent = "What was sent before belongs to nobody.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void begins(ScenarioContext t) {
    Topic topic = durableTopic(t);
    Connection connection = t.connect();
    Messages.send(connection, topic, "before");
    Subscription subscription = connection.subscribe(topic, DURABLE);
    Messages.send(connection, topic, "after");
    Check.equal("after", Messages.takeText(subscription), "the first message", "where it begins");
  }

  private static Topic durableTopic(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, NAME);
    return topic;
  }
}
