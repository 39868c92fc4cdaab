package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** TOPIC: topics and plain subscriptions. */
final class TopicScenarios {

  private static final String LIVE = "that subscribe returns only when the broker has it";

  private TopicScenarios() {}

  @Scenario(
      id = "TOPIC-01",
      title = "A subscription is live when subscribe returns",
      intent = "No slow joiner: the first message sent afterwards arrives, every time.")
  static void live(ScenarioContext t) {
    Connection connection = t.connect();
    Connection sender = t.connect();
    Topic topic = t.topic();
    Messages.send(sender, topic, "warm");
    for (int i = 0; i < 20; i++) {
      try (Subscription subscription = connection.subscribe(topic)) {
        Messages.send(sender, topic, "message " + i);
        Check.equal("message " + i, Messages.takeText(subscription), "the first message", LIVE);
      }
    }
  }

  @Scenario(
      id = "TOPIC-02",
      title = "Every subscription gets every message, in order",
      intent = "Subscribers do not share, and do not disturb each other.")
  static void everybody(ScenarioContext t) {
    Topic topic = t.topic();
    List<Subscription> subscriptions = new ArrayList<>();
    Connection first = t.connect();
    Connection second = t.connect();
    for (int i = 0; i < 4; i++) {
      subscriptions.add((i % 2 == 0 ? first : second).subscribe(topic));
    }
    Messages.sendNumbers(t.connect(), topic, 30);
    for (Subscription subscription : subscriptions) {
      List<String> received = Messages.takeTexts(subscription, 30);
      Check.equal(Messages.numbers(30), received, "what a subscription gets", "the topic's copies");
    }
    Messages.marker(first, topic, subscriptions.get(0), "behind 30 messages", "what is sent twice");
  }

  @Scenario(
      id = "TOPIC-03",
      title = "A plain subscription begins now",
      intent = "What was sent before is not for those who come later.")
  static void beginsNow(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription early = connection.subscribe(topic);
    Messages.send(connection, topic, "before");
    Messages.takeText(early);
    Subscription late = connection.subscribe(topic);
    Messages.send(connection, topic, "after");
    Check.equal("after", Messages.takeText(late), "the first message", "where it begins");
  }

  @Scenario(
      id = "TOPIC-04",
      title = "A plain subscription ends with its consumer",
      intent = "Nobody collects messages for a subscriber that has gone.")
  static void ends(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    connection.subscribe(topic).close();
    Messages.send(connection, topic, "meanwhile");
    Subscription again = connection.subscribe(topic);
    Messages.send(connection, topic, "after");
    Check.equal("after", Messages.takeText(again), "the first message", "what close removes");
  }

  @Scenario(
      id = "TOPIC-05",
      title = "A message to a topic that nobody listens to is confirmed",
      intent = "Senders do not depend on who is there.")
  static void nobody(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Messages.sendNumbers(connection, topic, 20);
    Subscription subscription = connection.subscribe(topic);
    Messages.send(connection, topic, "a");
    Check.equal("a", Messages.takeText(subscription), "the message", "what an unheard send does");
  }

  @Scenario(
      id = "TOPIC-06",
      title = "Topics do not hear each other",
      intent = "A name that begins like another is another.")
  static void noCrossTalk(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Topic longer = Topic.of(topic.name() + ".more");
    t.adopt(longer);
    connection.declare(longer);
    Subscription subscription = connection.subscribe(topic);
    Subscription other = connection.subscribe(longer);
    Messages.send(connection, longer, "to the longer name");
    Messages.send(connection, topic, "to the topic");
    String check = "that names are matched whole";
    Check.equal("to the topic", Messages.takeText(subscription), "the topic's message", check);
    Check.equal("to the longer name", Messages.takeText(other), "the longer one's message", check);
    Messages.marker(connection, topic, subscription, "from another topic", check);
  }

  @Scenario(
      id = "TOPIC-07",
      title = "A delivery of a subscription tells its topic",
      intent = "One handler can serve many topics.")
  static void destination(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription subscription = connection.subscribe(topic);
    Check.that(subscription.name().isEmpty(), "no name", subscription.name(), "the plain name");
    Messages.send(connection, topic, "a");
    Delivery delivery = Messages.take(subscription);
    Check.equal(topic, delivery.destination(), "the destination", "the delivery's destination");
    Check.that(!delivery.redelivered(), "redelivered() to be false", "true", "the native flag");
  }

  @Scenario(
      id = "TOPIC-08",
      title = "A release comes again to that subscription alone",
      intent = "Settling is each subscription's own business.")
  static void release(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription releasing = connection.subscribe(topic, Messages.manualSubscription());
    Subscription other = connection.subscribe(topic, Messages.manualSubscription());
    Messages.send(connection, topic, "a");
    Messages.take(releasing).release();
    Delivery again = Messages.take(releasing);
    Check.that(again.redelivered(), "redelivered() to be true", "false", "release");
    Check.equal(2, again.deliveryCount(), "the delivery count", "release");
    again.accept();
    Messages.take(other).accept();
    Messages.marker(connection, topic, other, "as only the other subscription released", "release");
  }

  @Scenario(
      id = "TOPIC-09",
      title = "A rejected message of a topic goes to the topic's dead-letter queue",
      intent = "Dead letters of subscribers are found where one looks for them, beside no queue's.",
      needs = Capability.DEAD_LETTER)
  static void reject(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription subscription = connection.subscribe(topic, Messages.manualSubscription());
    Messages.send(connection, topic, "bad");
    Messages.take(subscription).reject("no");
    Message dead = Messages.take(connection.createConsumer(topic.deadLetterQueue())).message();
    Check.equal("bad", dead.text(), "the dead letter", "reject on subscriptions");
    String source = DeadLetter.of(dead).map(DeadLetter::source).orElse("");
    Check.equal(topic.toString(), source, "the dead letter's source", "reject on subscriptions");
  }

  @Scenario(
      id = "TOPIC-10",
      title = "A subscription may have a listener with a concurrency",
      intent = "Topics are consumed with the same means as queues.")
  static void listener(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    CountDownLatch together = new CountDownLatch(2);
    List<String> received = Collections.synchronizedList(new ArrayList<>());
    ConsumerOptions two = ConsumerOptions.builder().concurrency(2).prefetch(4).build();
    connection.subscribe(
        topic,
        SubscriptionOptions.builder().consumer(two).build(),
        delivery -> {
          together.countDown();
          if (together.await(Check.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            received.add(delivery.message().text());
          }
        });
    Messages.sendNumbers(connection, topic, 10);
    Check.eventually(
        () -> received.size() >= 10, "10 messages, 2 at a time", () -> received, "concurrency");
    Check.equal(10, received.size(), "the number of calls", "what is delivered twice");
  }

  @Scenario(
      id = "TOPIC-11",
      title = "Unsubscribing while others listen disturbs nobody",
      intent = "Subscribers come and go.")
  static void comeAndGo(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription stays = connection.subscribe(topic);
    for (int i = 0; i < 10; i++) {
      Subscription goes = connection.subscribe(topic);
      Messages.send(connection, topic, Integer.toString(i));
      goes.unsubscribe();
    }
    List<String> received = Messages.takeTexts(stays, 10);
    Check.equal(Messages.numbers(10), received, "what the one that stays gets", "what close does");
  }

  @Scenario(
      id = "TOPIC-12",
      title = "Many subscriptions of one connection work side by side",
      intent = "A connection is not used up by a few subscribers.")
  static void many(ScenarioContext t) {
    Connection connection = t.connect();
    List<Topic> topics = new ArrayList<>();
    List<Subscription> subscriptions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Topic topic = t.topic();
      topics.add(topic);
      subscriptions.add(connection.subscribe(topic));
    }
    topics.forEach(topic -> Messages.send(connection, topic, topic.name()));
    for (int i = 0; i < 10; i++) {
      String text = Messages.takeText(subscriptions.get(i));
      Check.equal(topics.get(i).name(), text, "the message of " + topics.get(i), "dispatching");
    }
  }
}
