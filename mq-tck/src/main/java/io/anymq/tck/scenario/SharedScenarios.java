package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** TOPIC from 40 on: subscriptions whose messages several consumers share. */
final class SharedScenarios {

  private static final String CHECK = "what those who share a subscription have in common";

  private SharedScenarios() {}

  private static SubscriptionOptions shared(String name) {
    return SubscriptionOptions.builder().shared(name).consumer(Messages.manual(1)).build();
  }

  private static SubscriptionOptions sharedDurable(String name) {
    return SubscriptionOptions.builder()
        .durable(name)
        .shared(name)
        .consumer(Messages.manual(1))
        .build();
  }

  @Scenario(
      id = "TOPIC-40",
      title = "Those who share a subscription get each message once among them",
      intent = "Work is divided, not multiplied.",
      needs = Capability.SHARED_SUBSCRIPTIONS)
  static void onceAmongThem(ScenarioContext t) {
    Topic topic = t.topic();
    Subscription one = t.connect().subscribe(topic, shared("team"));
    Subscription two = t.connect().subscribe(topic, shared("team"));
    Messages.sendNumbers(t.connect(), topic, 100);
    List<String> received = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      // Each holds one while the other takes one.
      List<Delivery> both = List.of(Messages.take(one), Messages.take(two));
      received.addAll(Messages.texts(both));
      both.forEach(Delivery::accept);
    }
    Check.equal(
        new TreeSet<>(Messages.numbers(100)), new TreeSet<>(received), "what both got", CHECK);
    Messages.send(t.observer(), topic, "end", "end");
    List<Delivery> ends = List.of(Messages.take(one), Messages.take(two));
    Check.equal(List.of("end", "end"), Messages.texts(ends), "what each gets next", CHECK);
  }

  @Scenario(
      id = "TOPIC-41",
      title = "Two shared subscriptions of different names each get everything",
      intent = "The name is what is shared.",
      needs = Capability.SHARED_SUBSCRIPTIONS)
  static void twoNames(ScenarioContext t) {
    Topic topic = t.topic();
    Connection connection = t.connect();
    Subscription one = connection.subscribe(topic, shared("one"));
    Subscription two = connection.subscribe(topic, shared("two"));
    Subscription plain = connection.subscribe(topic);
    Messages.send(connection, topic, "a");
    for (Subscription each : List.of(one, two, plain)) {
      Check.equal("a", Messages.takeText(each), "the message of each subscription", CHECK);
    }
  }

  @Scenario(
      id = "TOPIC-42",
      title = "What one of those who share did not settle goes to another",
      intent = "A member that goes takes nothing along.",
      needs = Capability.SHARED_SUBSCRIPTIONS)
  static void memberGoes(ScenarioContext t) {
    Topic topic = t.topic();
    Connection leaver = t.connect();
    Subscription first = leaver.subscribe(topic, shared("team"));
    Messages.send(t.connect(), topic, "a");
    Delivery held = Messages.take(first);
    Subscription second = t.connect().subscribe(topic, shared("team"));
    Check.equal("a", held.message().text(), "the message", CHECK);
    leaver.close();
    Delivery again = Messages.take(second);
    Check.equal("a", again.message().text(), "the message that was held", CHECK);
    Check.that(again.redelivered(), "the mark of a redelivery", again, CHECK);
    again.accept();
  }

  @Scenario(
      id = "TOPIC-43",
      title = "A shared subscription that is not durable ends with its last consumer",
      intent = "Nobody collects for those who have gone.",
      needs = Capability.SHARED_SUBSCRIPTIONS)
  static void endsWithTheLast(ScenarioContext t) {
    Topic topic = t.topic();
    Connection connection = t.connect();
    Subscription first = connection.subscribe(topic, shared("team"));
    Subscription second = connection.subscribe(topic, shared("team"));
    first.close();
    Messages.send(connection, topic, "kept by the second");
    Check.equal("kept by the second", take(second), "the message of who is left", CHECK);
    second.close();
    Messages.send(connection, topic, "for nobody");
    Subscription later = connection.subscribe(topic, shared("team"));
    Messages.marker(connection, topic, later, "that was sent while nobody was there", CHECK);
  }

  private static String take(Subscription subscription) {
    Delivery delivery = Messages.take(subscription);
    delivery.accept();
    return delivery.message().text();
  }

  @Scenario(
      id = "TOPIC-44",
      title = "A shared durable subscription keeps what is sent while nobody is there",
      intent = "A team may go home together.",
      needs = {Capability.SHARED_SUBSCRIPTIONS, Capability.DURABLE_SUBSCRIPTIONS})
  static void durable(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, "team");
    Connection connection = t.connect();
    connection.subscribe(topic, sharedDurable("team")).close();
    Messages.send(connection, topic, "a", "b");
    Subscription one = t.connect().subscribe(topic, sharedDurable("team"));
    Subscription two = t.connect().subscribe(topic, sharedDurable("team"));
    Set<String> texts = new TreeSet<>();
    Check.eventually(
        () -> {
          for (Subscription each : List.of(one, two)) {
            each.receiveNoWait()
                .ifPresent(
                    delivery -> {
                      texts.add(delivery.message().text());
                      delivery.accept();
                    });
          }
          return texts.size() == 2;
        },
        "both messages among the two",
        () -> texts,
        CHECK);
  }

  @Scenario(
      id = "TOPIC-45",
      title = "unsubscribe removes a shared durable subscription with its backlog",
      intent = "Who leaves for good leaves nothing behind.",
      needs = {Capability.SHARED_SUBSCRIPTIONS, Capability.DURABLE_SUBSCRIPTIONS})
  static void unsubscribe(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, "team");
    Connection connection = t.connect();
    connection.subscribe(topic, sharedDurable("team")).close();
    Messages.send(connection, topic, "dropped");
    connection.unsubscribe(topic, "team");
    Subscription anew = connection.subscribe(topic, sharedDurable("team"));
    Messages.marker(connection, topic, anew, "from before it was removed", CHECK);
  }

  @Scenario(
      id = "TOPIC-46",
      title = "A durable subscription is shared by all of its consumers or by none",
      intent = "Who counts on being alone is never one of two.",
      needs = {Capability.SHARED_SUBSCRIPTIONS, Capability.DURABLE_SUBSCRIPTIONS})
  static void notMixed(ScenarioContext t) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, "team");
    Connection connection = t.connect();
    Subscription member = connection.subscribe(topic, sharedDurable("team"));
    Check.refused(
        () -> t.connect().subscribe(topic, SubscriptionOptions.durable("team")),
        "a consumer that does not share, of a subscription that is shared,",
        CHECK,
        ErrorCode.SUBSCRIPTION_IN_USE);
    member.close();
    Check.eventually(() -> opens(t, topic), "the subscription alone", () -> "a refusal", CHECK);
    Check.refused(
        () -> t.connect().subscribe(topic, sharedDurable("team")),
        "a consumer that shares, of a subscription that is held alone,",
        CHECK,
        ErrorCode.SUBSCRIPTION_IN_USE);
  }

  private static boolean opens(ScenarioContext t, Topic topic) {
    try {
      t.connect().subscribe(topic, SubscriptionOptions.durable("team"));
      return true;
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
        return false;
      }
      throw e;
    }
  }
}
