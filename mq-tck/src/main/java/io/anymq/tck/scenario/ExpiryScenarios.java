package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** TTL: messages that expire. */
final class ExpiryScenarios {

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String CHECK =
      "whether the expiry travels with the message, and is looked at before it is handed out";

  private ExpiryScenarios() {}

  private static Message dying(String text) {
    return Message.text(text).toBuilder().timeToLive(SHORT).build();
  }

  /** Waits until a message that was sent with {@link #dying} has expired. */
  private static void awaitExpiry(Message sent) {
    Instant expiry = sent.expiresAt().orElseThrow();
    Check.eventually(() -> Instant.now().isAfter(expiry), "time to pass", Instant::now, CHECK);
  }

  @Scenario(
      id = "TTL-01",
      title = "A message with a time to live is told when it expires",
      intent = "Sender and receiver mean the same moment.",
      needs = Capability.TIME_TO_LIVE)
  static void expiryIsTold(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Duration life = Duration.ofMinutes(10);
    Instant before = Instant.now();
    Message sent = connection.send(queue, Message.text("a").toBuilder().timeToLive(life).build());
    Instant expiry = sent.expiresAt().orElse(Instant.EPOCH);
    Check.that(
        !expiry.isBefore(before.plus(life).minusMillis(1))
            && !expiry.isAfter(Instant.now().plus(life)),
        "an expiry ten minutes after the send",
        expiry,
        CHECK);
    Message received = Messages.take(connection.createConsumer(queue)).message();
    Check.equal(sent.expiresAt(), received.expiresAt(), "the receiver's expiry", CHECK);
    Check.equal(Optional.of(life), received.timeToLive(), "the receiver's time to live", CHECK);
  }

  @Scenario(
      id = "TTL-02",
      title = "What expires behind others never arrives",
      intent = "A message need not be at the head of its queue to expire.",
      needs = Capability.TIME_TO_LIVE)
  static void behindOthers(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "first");
    Message sent = connection.send(queue, dying("dies"));
    Messages.send(connection, queue, "last");
    awaitExpiry(sent);
    Consumer consumer = connection.createConsumer(queue);
    Check.equal(List.of("first", "last"), Messages.takeTexts(consumer, 2), "what arrives", CHECK);
    Messages.marker(connection, queue, consumer, "that has expired", CHECK);
  }

  @Scenario(
      id = "TTL-03",
      title = "What expires in a consumer's prefetch is not handed out",
      intent = "Late is late, wherever the message was.",
      needs = Capability.TIME_TO_LIVE)
  static void inThePrefetch(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    awaitExpiry(connection.send(queue, dying("dies")));
    Messages.marker(connection, queue, consumer, "after it expired in the prefetch", CHECK);
  }

  @Scenario(
      id = "TTL-04",
      title = "An expired message is no dead letter",
      intent = "Nobody failed on it; it has had its time.",
      needs = Capability.TIME_TO_LIVE)
  static void noDeadLetter(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    awaitExpiry(connection.send(queue, dying("dies")));
    Messages.marker(connection, queue, connection.createConsumer(queue), "that expired", CHECK);
    Messages.empty(t, queue.deadLetterQueue(), "after a message expired", CHECK);
  }

  @Scenario(
      id = "TTL-05",
      title = "An expired message is gone from the queue once a consumer has passed it",
      intent = "What nobody will get takes no room and is in no count.",
      needs = {Capability.TIME_TO_LIVE, Capability.QUEUE_DEPTH})
  static void goneFromTheQueue(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    awaitExpiry(connection.send(queue, dying("dies")));
    Consumer consumer = connection.createConsumer(queue);
    Messages.marker(connection, queue, consumer, "that has expired", CHECK);
    Check.eventually(
        () -> consumer.receiveNoWait().isEmpty() && connection.depth(queue).atRest() == 0,
        "a depth of 0 after the expired message was passed",
        () -> connection.depth(queue),
        "that an expired message is settled");
  }

  @Scenario(
      id = "TTL-06",
      title = "An expiry that the application set is obeyed",
      intent = "A deadline may come from elsewhere.",
      needs = Capability.TIME_TO_LIVE)
  static void absoluteExpiry(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Instant soon = Instant.now().plus(SHORT);
    Message sent = connection.send(queue, Message.text("dies").toBuilder().expiresAt(soon).build());
    Instant later = Instant.now().plusSeconds(600);
    connection.send(queue, Message.text("lives").toBuilder().expiresAt(later).build());
    awaitExpiry(sent);
    Consumer consumer = connection.createConsumer(queue);
    Message received = Messages.take(consumer).message();
    Check.equal("lives", received.text(), "what arrives", CHECK);
    Check.equal(
        later.toEpochMilli(),
        received.expiresAt().orElse(Instant.EPOCH).toEpochMilli(),
        "its expiry",
        CHECK);
  }

  @Scenario(
      id = "TTL-07",
      title = "What is released after it expired does not come again",
      intent = "A retry that is out of date is not made.",
      needs = Capability.TIME_TO_LIVE)
  static void releasedTooLate(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Message sent =
        connection.send(
            queue, Message.text("a").toBuilder().timeToLive(Duration.ofSeconds(4)).build());
    Delivery delivery = Messages.take(consumer);
    awaitExpiry(sent);
    delivery.release();
    Messages.marker(connection, queue, consumer, "after a release behind the expiry", CHECK);
  }

  @Scenario(
      id = "TTL-08",
      title = "A durable subscription does not deliver what expired meanwhile",
      intent = "Topics keep time too.",
      needs = {Capability.TIME_TO_LIVE, Capability.DURABLE_SUBSCRIPTIONS})
  static void durable(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    t.removeAtEnd(topic, "keeper");
    connection.subscribe(topic, SubscriptionOptions.durable("keeper")).close();
    Message sent = connection.send(topic, dying("dies"));
    Messages.send(connection, topic, "lives");
    awaitExpiry(sent);
    Subscription again = connection.subscribe(topic, SubscriptionOptions.durable("keeper"));
    Check.equal("lives", Messages.takeText(again), "what arrives", CHECK);
    Messages.marker(connection, topic, again, "that has expired", CHECK);
  }

  @Scenario(
      id = "TTL-09",
      title = "A dead letter does not expire",
      intent = "It stays until somebody looks.",
      needs = {Capability.TIME_TO_LIVE, Capability.DEAD_LETTER})
  static void deadLetterStays(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Message sent =
        connection.send(
            queue, Message.text("a").toBuilder().timeToLive(Duration.ofSeconds(4)).build());
    Messages.take(consumer).reject("bad");
    awaitExpiry(sent);
    Message dead = Messages.take(connection.createConsumer(queue.deadLetterQueue())).message();
    Check.equal(Optional.empty(), dead.expiresAt(), "the dead letter's expiry", CHECK);
  }

  @Scenario(
      id = "TTL-10",
      title = "What is sent on lives anew",
      intent = "A time to live is counted from each send.",
      needs = Capability.TIME_TO_LIVE)
  static void sentOn(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message message = Message.text("a").toBuilder().timeToLive(Duration.ofMinutes(1)).build();
    Message first = connection.send(queue, message);
    Instant firstExpiry = first.expiresAt().orElseThrow();
    Check.eventually(
        () -> Instant.now().toEpochMilli() > first.timestamp().orElseThrow().toEpochMilli() + 5,
        "time to pass",
        Instant::now,
        CHECK);
    Instant secondExpiry = connection.send(queue, first).expiresAt().orElseThrow();
    Check.that(secondExpiry.isAfter(firstExpiry), "a later expiry", secondExpiry, CHECK);
  }

  @Scenario(
      id = "TTL-11",
      title = "A message of a unit of work that expires before it is received never arrives",
      intent = "Transactions change nothing about time.",
      needs = {Capability.TIME_TO_LIVE, Capability.TRANSACTIONS})
  static void inASession(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Session session = connection.createSession();
    Message sent = session.createProducer(queue).send(dying("dies"));
    session.createProducer(queue).send(Message.text("lives"));
    session.commit();
    awaitExpiry(sent);
    Consumer consumer = connection.createConsumer(queue);
    Check.equal("lives", Messages.takeText(consumer), "what arrives", CHECK);
    Messages.marker(connection, queue, consumer, "that has expired", CHECK);
  }
}
