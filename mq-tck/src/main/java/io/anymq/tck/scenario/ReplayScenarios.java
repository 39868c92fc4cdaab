package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Delivery;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Instant;
import java.util.List;

/** TOPIC from 80 on: subscriptions that begin in the past. */
final class ReplayScenarios {

  private static final String CHECK = "where in the past a subscription begins";

  private ReplayScenarios() {}

  private static SubscriptionOptions from(Instant moment) {
    return SubscriptionOptions.builder().replayFrom(moment).build();
  }

  @Scenario(
      id = "TOPIC-80",
      title = "A replay from the start gives all, in order, and then what is new",
      intent = "The past runs on into the present without a seam.",
      needs = Capability.REPLAY)
  static void fromTheStart(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Messages.sendNumbers(connection, topic, 100);
    Subscription subscription = connection.subscribe(topic, from(Instant.EPOCH));
    Messages.send(connection, topic, "new");
    Check.equal(
        Messages.numbers(100), Messages.takeTexts(subscription, 100), "what is replayed", CHECK);
    Check.equal("new", Messages.takeText(subscription), "what is new", CHECK);
    Messages.marker(connection, topic, subscription, "after what is new", CHECK);
  }

  @Scenario(
      id = "TOPIC-81",
      title = "A replay from a moment begins with the first message sent then or later",
      intent = "Since breakfast means since breakfast.",
      needs = Capability.REPLAY)
  static void fromAMoment(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Messages.send(connection, topic, "before");
    Instant moment = passAMoment();
    Messages.send(connection, topic, "after", "later");
    Subscription subscription = connection.subscribe(topic, from(moment));
    Check.equal(
        List.of("after", "later"), Messages.takeTexts(subscription, 2), "what is replayed", CHECK);
  }

  /** Until the clock shows another millisecond, in which nothing has been sent yet. */
  private static Instant passAMoment() {
    Instant moment = Instant.ofEpochMilli(System.currentTimeMillis() + 2);
    Check.eventually(() -> Instant.now().isAfter(moment), "time to pass", Instant::now, CHECK);
    return moment;
  }

  @Scenario(
      id = "TOPIC-82",
      title = "A replay from the future is a subscription from now",
      intent = "There is nothing to replay.",
      needs = Capability.REPLAY)
  static void fromTheFuture(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Messages.send(connection, topic, "before");
    Subscription subscription = connection.subscribe(topic, from(Instant.now().plusSeconds(3_600)));
    Messages.marker(connection, topic, subscription, "from before it subscribed", CHECK);
  }

  @Scenario(
      id = "TOPIC-83",
      title = "A replay takes nothing from anybody",
      intent = "Two who look back see the same.",
      needs = Capability.REPLAY)
  static void twice(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription live = connection.subscribe(topic);
    Messages.sendNumbers(connection, topic, 5);
    for (int i = 0; i < 2; i++) {
      Subscription replay = connection.subscribe(topic, from(Instant.EPOCH));
      Check.equal(
          Messages.numbers(5), Messages.takeTexts(replay, 5), "what each replay gives", CHECK);
    }
    Check.equal(Messages.numbers(5), Messages.takeTexts(live, 5), "the live subscription's", CHECK);
  }

  @Scenario(
      id = "TOPIC-84",
      title = "A replayed message is whole",
      intent = "The past has all its fields.",
      needs = Capability.REPLAY)
  static void whole(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Message sent = connection.send(topic, Fidelity.prompt(t));
    Message replayed = Messages.take(connection.subscribe(topic, from(Instant.EPOCH))).message();
    List<String> differences = FieldDiff.of(sent, replayed);
    Check.that(differences.isEmpty(), "every field as it was sent", differences, CHECK);
  }

  @Scenario(
      id = "TOPIC-85",
      title = "A replay goes on after an outage where it was",
      intent = "An outage does not bring the past back once more.",
      needs = Capability.REPLAY,
      controls = BrokerControl.CUT_NETWORK)
  static void outage(ScenarioContext t) {
    Topic topic = t.topic();
    Connection sender = t.connect();
    Messages.send(sender, topic, "long ago");
    passAMoment();
    Messages.sendNumbers(sender, topic, 20);
    Outage outage = Outage.of(t);
    Subscription subscription = outage.connection().subscribe(topic, from(Instant.EPOCH));
    Check.equal("long ago", Messages.takeText(subscription), "what is replayed first", CHECK);
    Check.equal(
        Messages.numbers(20), Messages.takeTexts(subscription, 20), "what is replayed", CHECK);
    outage.cut();
    outage.restore();
    Messages.send(sender, topic, "new");
    Delivery next = Messages.take(subscription);
    while (!next.message().text().equals("new")) {
      Check.that(next.redelivered(), "nothing unmarked from before the outage", next, CHECK);
      Check.that(!next.message().text().equals("long ago"), "the past no second time", next, CHECK);
      next = Messages.take(subscription);
    }
  }

  private static SubscriptionOptions after(String position) {
    return SubscriptionOptions.builder().replayAfter(position).build();
  }

  private static String position(Delivery delivery) {
    Check.that(delivery.position().isPresent(), "a position", delivery, CHECK);
    return delivery.position().orElseThrow();
  }

  @Scenario(
      id = "TOPIC-86",
      title = "A replay after a position begins with the message behind it",
      intent = "Who keeps his place in the book finds it again.",
      needs = Capability.REPLAY)
  static void afterAPosition(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Messages.sendNumbers(connection, topic, 6);
    Subscription reader = connection.subscribe(topic, from(Instant.EPOCH));
    List<Delivery> read = Messages.take(reader, 6);
    String place = position(read.get(2));
    reader.close();
    Subscription again = t.connect().subscribe(topic, after(place));
    Messages.send(connection, topic, "new");
    Check.equal(
        List.of("3", "4", "5", "new"), Messages.takeTexts(again, 4), "what is replayed", CHECK);
  }

  @Scenario(
      id = "TOPIC-87",
      title = "A subscription that did not look back tells positions too",
      intent = "Who was there can come back to where he was.",
      needs = Capability.REPLAY)
  static void livePosition(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription live = connection.subscribe(topic);
    Messages.sendNumbers(connection, topic, 3);
    String last = position(Messages.take(live, 3).get(2));
    Messages.send(connection, topic, "missed");
    Subscription later = t.connect().subscribe(topic, after(last));
    Check.equal("missed", Messages.takeText(later), "what is replayed", CHECK);
    Messages.marker(connection, topic, later, "from before the position", CHECK);
  }

  @Scenario(
      id = "TOPIC-88",
      title = "What is no position is refused",
      intent = "A wrong bookmark does not open the book somewhere.",
      needs = Capability.REPLAY)
  static void noPosition(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    for (String wrong : List.of("", "no position", "-")) {
      Check.refused(
          InvalidOptionException.class,
          () -> connection.subscribe(topic, after(wrong)),
          "a replay after '" + wrong + "'",
          CHECK);
    }
  }

  @Scenario(
      id = "TOPIC-89",
      title = "A position is for a plain subscription",
      intent = "A subscription that keeps its own place is not moved to another.",
      needs = Capability.REPLAY)
  static void plainOnly(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    for (SubscriptionOptions.Builder kept :
        List.of(
            SubscriptionOptions.builder().durable("kept"),
            SubscriptionOptions.builder().shared("team"))) {
      Check.refused(
          UnsupportedCapabilityException.class,
          () -> connection.subscribe(topic, kept.replayAfter("1").build()),
          "a replay after a position",
          CHECK);
    }
  }
}
