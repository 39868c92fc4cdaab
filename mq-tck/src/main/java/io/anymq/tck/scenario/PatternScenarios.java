package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Delivery;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/** TOPIC from 60 on: subscriptions to many topics by a pattern. */
final class PatternScenarios {

  private static final String CHECK = "which topics a pattern means, and since when";

  private PatternScenarios() {}

  private static Topic topic(ScenarioContext t, String name) {
    Topic topic = Topic.of(name);
    t.adopt(topic);
    return topic;
  }

  @Scenario(
      id = "TOPIC-60",
      title = "Patterns match word by word",
      intent = "One table of what * and # mean, on every backend.",
      needs = Capability.TOPIC_PATTERNS)
  static void wordByWord(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    List<String> endings = List.of("", ".a", ".b", ".a.b", ".a.b.c", ".a-b", ".A", ".x.a");
    Map<String, Subscription> subscriptions = new TreeMap<>();
    for (String pattern : List.of(".*", ".#", ".a.*", ".a.#", ".*.b", ".#.a", ".a.#.c", ".a")) {
      subscriptions.put(
          pattern,
          connection.subscribe(TopicPattern.of(base + pattern), SubscriptionOptions.DEFAULT));
    }
    for (String ending : endings) {
      Messages.send(connection, topic(t, base + ending), ending);
    }
    Topic last = topic(t, base + ".a.last.c");
    subscriptions.forEach(
        (pattern, subscription) -> {
          TopicPattern meant = TopicPattern.of(base + pattern);
          List<String> expected = new ArrayList<>();
          endings.stream()
              .filter(ending -> meant.matches(Topic.of(base + ending)))
              .forEach(expected::add);
          List<String> seen = Messages.takeTexts(subscription, expected.size());
          Check.equal(
              new TreeSet<>(expected), new TreeSet<>(seen), "what " + meant + " gets", CHECK);
        });
    Messages.send(connection, last, "end");
    subscriptions.forEach(
        (pattern, subscription) -> {
          if (TopicPattern.of(base + pattern).matches(last)) {
            Check.equal("end", Messages.takeText(subscription), "the next for " + pattern, CHECK);
          }
        });
  }

  @Scenario(
      id = "TOPIC-61",
      title = "A topic that is made later is meant too, from its first message on",
      intent = "Nobody needs to know all topics beforehand.",
      needs = Capability.TOPIC_PATTERNS)
  static void madeLater(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    Subscription subscription =
        connection.subscribe(TopicPattern.of(base + ".#"), SubscriptionOptions.DEFAULT);
    Topic later = topic(t, base + ".later");
    Messages.send(t.connect(), later, "first", "second");
    Delivery first = Messages.take(subscription);
    Check.equal("first", first.message().text(), "the first message", CHECK);
    Check.equal(later, first.destination(), "its topic", CHECK);
    Check.equal("second", Messages.takeText(subscription), "the second message", CHECK);
  }

  @Scenario(
      id = "TOPIC-62",
      title = "A subscription to a pattern begins now",
      intent = "As any plain subscription does.",
      needs = Capability.TOPIC_PATTERNS)
  static void beginsNow(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    Topic topic = topic(t, base + ".a");
    Messages.send(connection, topic, "before");
    Subscription subscription =
        connection.subscribe(TopicPattern.of(base + ".*"), SubscriptionOptions.DEFAULT);
    Messages.marker(connection, topic, subscription, "from before it subscribed", CHECK);
  }

  @Scenario(
      id = "TOPIC-63",
      title = "A durable subscription to a pattern keeps what is sent while nobody is there",
      intent = "Also from topics that did not exist when it was closed.",
      needs = {Capability.TOPIC_PATTERNS, Capability.DURABLE_SUBSCRIPTIONS})
  static void durable(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    TopicPattern pattern = TopicPattern.of(base + ".#");
    t.onClose(() -> t.observer().unsubscribe(pattern, "keeper"));
    Topic known = topic(t, base + ".known");
    connection.declare(known);
    connection.subscribe(pattern, SubscriptionOptions.durable("keeper")).close();
    Messages.send(connection, known, "a");
    Messages.send(connection, topic(t, base + ".new"), "b");
    Subscription again = connection.subscribe(pattern, SubscriptionOptions.durable("keeper"));
    Check.equal(
        new TreeSet<>(List.of("a", "b")),
        new TreeSet<>(Messages.takeTexts(again, 2)),
        "what was kept",
        CHECK);
    again.close();
  }

  @Scenario(
      id = "TOPIC-64",
      title = "unsubscribe removes a durable subscription to a pattern",
      intent = "With what it has kept.",
      needs = {Capability.TOPIC_PATTERNS, Capability.DURABLE_SUBSCRIPTIONS})
  static void unsubscribe(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    TopicPattern pattern = TopicPattern.of(base + ".#");
    t.onClose(() -> t.observer().unsubscribe(pattern, "keeper"));
    Topic topic = topic(t, base + ".a");
    connection.declare(topic);
    connection.subscribe(pattern, SubscriptionOptions.durable("keeper")).close();
    Messages.send(connection, topic, "dropped");
    connection.unsubscribe(pattern, "keeper");
    Subscription anew = connection.subscribe(pattern, SubscriptionOptions.durable("keeper"));
    Messages.marker(connection, topic, anew, "from before it was removed", CHECK);
    anew.close();
  }

  @Scenario(
      id = "TOPIC-65",
      title = "A release comes again to the subscription of the pattern, with its topic",
      intent = "Redelivery knows where a message was sent to.",
      needs = Capability.TOPIC_PATTERNS)
  static void release(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    Topic topic = topic(t, base + ".a");
    Subscription subscription =
        connection.subscribe(TopicPattern.of(base + ".*"), Messages.manualSubscription());
    Messages.send(connection, topic, "a");
    Messages.take(subscription).release();
    Delivery again = Messages.take(subscription);
    Check.that(again.redelivered(), "the mark of a redelivery", again, CHECK);
    Check.equal(topic, again.destination(), "its topic", CHECK);
    again.accept();
  }

  @Scenario(
      id = "TOPIC-66",
      title = "A subscription to a pattern is live again after an outage",
      intent = "Recovery makes everything again.",
      needs = Capability.TOPIC_PATTERNS,
      controls = BrokerControl.CUT_NETWORK)
  static void outage(ScenarioContext t) {
    String base = t.freshName();
    Outage outage = Outage.of(t);
    Subscription subscription =
        outage.connection().subscribe(TopicPattern.of(base + ".#"), SubscriptionOptions.DEFAULT);
    outage.cut();
    outage.restore();
    Topic topic = topic(t, base + ".a");
    Messages.send(t.connect(), topic, "a");
    Check.equal("a", Messages.takeText(subscription), "the message after the outage", CHECK);
  }

  @Scenario(
      id = "TOPIC-67",
      title = "A topic that several make at the same moment is heard from the first message on",
      intent = "Whoever comes second must not send into a topic that is half made.",
      needs = Capability.TOPIC_PATTERNS)
  static void madeTogether(ScenarioContext t) {
    String base = t.freshName();
    Subscription subscription =
        t.connect().subscribe(TopicPattern.of(base + ".*"), SubscriptionOptions.DEFAULT);
    List<Connection> makers = List.of(t.connect(), t.connect(), t.connect());
    for (int round = 0; round < 6; round++) {
      Topic made = topic(t, base + "." + round);
      Set<String> sent = new TreeSet<>();
      List<Future<Boolean>> sends = new ArrayList<>();
      CountDownLatch start = new CountDownLatch(1);
      for (Connection maker : makers) {
        String text = "from maker " + sent.size() + " in round " + round;
        sent.add(text);
        sends.add(
            t.inThread(
                () -> {
                  start.await();
                  Messages.send(maker, made, text);
                }));
      }
      start.countDown();
      sends.forEach(each -> Check.completes(each, "making the topic and sending to it", CHECK));
      Set<String> seen = new TreeSet<>(Messages.takeTexts(subscription, sent.size()));
      Check.equal(sent, seen, "what the pattern got of a topic that three made", CHECK);
    }
  }
}
