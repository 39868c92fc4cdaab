package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MissingDestination;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** DELAY: messages that ask to be delivered later. */
final class DelayScenarios {

  /** How much later than asked for is still what was asked for, on a busy machine. */
  private static final Duration LATENESS = Duration.ofSeconds(6);

  /** What is due between a deletion and the next send can make the queue again. */
  private static final Duration NOT_NOW = Duration.ofSeconds(10);

  private static final String CHECK =
      "from when a delay is counted, and what keeps the message meanwhile";

  private DelayScenarios() {}

  private static Message later(String text, Duration delay) {
    return Message.text(text).toBuilder().deliveryDelay(delay).build();
  }

  /** A broker that never saw a delayed message may have to make the place where they wait. */
  private static Connection warm(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    connection.send(queue, later("first", Duration.ofMillis(1)));
    try (Consumer consumer = connection.createConsumer(queue)) {
      Check.that(
          consumer.receive(Check.LIMIT.multipliedBy(2)).isPresent(),
          "a first delayed message",
          "nothing",
          CHECK);
    }
    return connection;
  }

  private static void inTime(Duration delay, long sentAt, String what) {
    Duration waited = Duration.ofNanos(System.nanoTime() - sentAt);
    Check.that(
        waited.compareTo(delay) >= 0 && waited.compareTo(delay.plus(LATENESS)) <= 0,
        "%s %d to %d ms after the send"
            .formatted(what, delay.toMillis(), delay.plus(LATENESS).toMillis()),
        waited.toMillis() + " ms",
        CHECK);
  }

  @Scenario(
      id = "DELAY-01",
      title = "A delayed message is never early, and not much late",
      intent = "Both sides of a moment count.",
      needs = Capability.DELIVERY_DELAY)
  static void bothSides(ScenarioContext t) {
    Connection connection = warm(t);
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    for (long millis : List.of(1L, 37L, 250L, 1_100L)) {
      Duration delay = Duration.ofMillis(millis);
      long sentAt = System.nanoTime();
      Message sent = connection.send(queue, later("after " + millis, delay));
      Delivery delivery = Messages.take(consumer);
      inTime(delay, sentAt, "a delivery");
      Check.equal("after " + millis, delivery.message().text(), "the message", CHECK);
      Check.equal(Optional.of(delay), delivery.message().deliveryDelay(), "its delay", CHECK);
      Check.equal(sent.id(), delivery.message().id(), "its id", CHECK);
      Check.that(!delivery.redelivered(), "no mark of a redelivery", delivery, CHECK);
    }
  }

  @Scenario(
      id = "DELAY-02",
      title = "Delayed messages arrive in the order in which they are due",
      intent = "A long delay does not hold up a short one behind it.",
      needs = Capability.DELIVERY_DELAY)
  static void byDue(ScenarioContext t) {
    Connection connection = warm(t);
    Queue queue = t.queue();
    long sentAt = System.nanoTime();
    connection.send(queue, later("third", Duration.ofSeconds(6)));
    connection.send(queue, later("first", Duration.ofSeconds(2)));
    connection.send(queue, later("second", Duration.ofSeconds(4)));
    Messages.send(connection, queue, "now");
    Consumer consumer = connection.createConsumer(queue);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      order.add(Messages.takeText(consumer));
    }
    inTime(Duration.ofSeconds(6), sentAt, "the last of them");
    Check.equal(List.of("now", "first", "second", "third"), order, "the order", CHECK);
  }

  @Scenario(
      id = "DELAY-03",
      title = "A delayed message is in the depth once it is due",
      intent = "What cannot be received does not wait to be received.",
      needs = {Capability.DELIVERY_DELAY, Capability.QUEUE_DEPTH})
  static void depth(ScenarioContext t) {
    Connection connection = warm(t);
    Queue queue = t.queue();
    Duration delay = Duration.ofSeconds(2);
    long sentAt = System.nanoTime();
    connection.send(queue, later("a", delay));
    long before = connection.depth(queue).atRest();
    if (System.nanoTime() - sentAt < delay.toNanos()) {
      Check.equal(0L, before, "the depth before it is due", CHECK);
    }
    Check.eventually(
        () -> connection.depth(queue).atRest() == 1,
        "a depth of 1 when it is due",
        () -> connection.depth(queue),
        CHECK);
    inTime(delay, sentAt, "the depth of 1");
  }

  @Scenario(
      id = "DELAY-04",
      title = "A delayed message to a topic reaches its subscribers after the delay",
      intent = "Topics can wait too.",
      needs = Capability.DELIVERY_DELAY)
  static void topic(ScenarioContext t) {
    Connection connection = warm(t);
    Topic topic = t.topic();
    List<Subscription> both = List.of(connection.subscribe(topic), connection.subscribe(topic));
    Duration delay = Duration.ofSeconds(2);
    long sentAt = System.nanoTime();
    connection.send(topic, later("later", delay));
    Messages.send(connection, topic, "now");
    for (Subscription each : both) {
      Check.equal("now", Messages.takeText(each), "the first message", CHECK);
      Check.equal("later", Messages.takeText(each), "the second message", CHECK);
      inTime(delay, sentAt, "the delayed message");
    }
  }

  @Scenario(
      id = "DELAY-05",
      title = "A delay needs neither its sender nor a consumer",
      intent = "Who sends may go.",
      needs = Capability.DELIVERY_DELAY)
  static void senderGone(ScenarioContext t) {
    Queue queue = t.queue();
    Connection sender = warm(t);
    Duration delay = Duration.ofSeconds(3);
    long sentAt = System.nanoTime();
    sender.send(queue, later("a", delay));
    sender.close();
    Consumer consumer = t.connect().createConsumer(queue);
    Check.equal("a", Messages.takeText(consumer), "the message", CHECK);
    inTime(delay, sentAt, "the message");
  }

  @Scenario(
      id = "DELAY-06",
      title = "A delay in a unit of work is counted from the commit at the earliest",
      intent = "Nothing leaves before the commit.",
      needs = {Capability.DELIVERY_DELAY, Capability.TRANSACTIONS})
  static void inASession(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    Session session = connection.createSession();
    Duration delay = Duration.ofMillis(500);
    try {
      session.createProducer(queue).send(later("a", delay));
    } catch (UnsupportedCapabilityException e) {
      session.commit();
      witness(connection, queue, consumer, delay, "of a send that was refused");
      return;
    }
    witness(connection, queue, consumer, delay, "before the commit");
    long committing = System.nanoTime();
    session.commit();
    Check.equal("a", Messages.takeText(consumer), "the message", CHECK);
    inTime(delay, committing, "the message");
    session.createProducer(queue).send(later("dropped", delay));
    session.rollback();
    witness(connection, queue, consumer, delay, "of a unit that was rolled back");
  }

  /** A marker that waits as long as what must not come, and so is due behind it. */
  private static void witness(
      Connection connection, Queue queue, Consumer consumer, Duration delay, String when) {
    connection.send(queue, later("witness", delay));
    String next = Messages.takeText(consumer);
    Check.equal("witness", next, "the next message, with nothing " + when + ",", CHECK);
  }

  @Scenario(
      id = "DELAY-07",
      title = "A message that expires before it is due never arrives",
      intent = "Life is counted from the send.",
      needs = {Capability.DELIVERY_DELAY, Capability.TIME_TO_LIVE})
  static void expiresFirst(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    connection.send(
        queue,
        later("dies", Duration.ofMillis(600)).toBuilder()
            .timeToLive(Duration.ofMillis(200))
            .build());
    connection.send(queue, later("lives", Duration.ofMillis(900)));
    Check.equal("lives", Messages.takeText(consumer), "what arrives", CHECK);
    Messages.marker(connection, queue, consumer, "that has expired", CHECK);
  }

  @Scenario(
      id = "DELAY-08",
      title = "A persistent delayed message survives an orderly restart of the broker",
      intent = "A promise for tomorrow is kept tomorrow.",
      needs = {Capability.DELIVERY_DELAY, Capability.PERSISTENCE},
      controls = {BrokerControl.STOP, BrokerControl.RESTART},
      limitSeconds = 180)
  static void restart(ScenarioContext t) {
    Queue queue = t.oldQueue();
    Connection sender = t.connect();
    Duration delay = Duration.ofSeconds(2);
    long sentAt = System.nanoTime();
    sender.send(queue, later("a", delay));
    sender.close();
    t.onClose(t.broker()::ensureUp);
    t.broker().stop();
    t.broker().restart();
    Consumer consumer = t.connect().createConsumer(queue);
    // On Kafka a crash costs its mover twenty seconds, and a stop is one.
    Optional<Delivery> delivery = consumer.receive(Check.LIMIT.multipliedBy(3));
    Check.equal(Optional.of("a"), delivery.map(d -> d.message().text()), "the message", CHECK);
    delivery.ifPresent(Delivery::accept);
    Duration waited = Duration.ofNanos(System.nanoTime() - sentAt);
    Check.that(waited.compareTo(delay) >= 0, "no delivery before " + delay, waited, CHECK);
  }

  @Scenario(
      id = "DELAY-09",
      title = "A delayed message whose queue is deleted meanwhile holds up no other",
      intent = "One that cannot arrive is its own trouble.",
      needs = Capability.DELIVERY_DELAY)
  static void queueGone(ScenarioContext t) {
    Connection connection = warm(t);
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    Duration delay = deleteWhileItWaits(t, connection, queue, consumer);
    long sentAt = System.nanoTime();
    connection.send(queue, later("sent after", delay));
    List<String> order = Messages.takeTexts(consumer, 2);
    inTime(delay, sentAt, "both");
    Check.equal(List.of("sent before", "sent after"), order, "what arrives", CHECK);
  }

  @Scenario(
      id = "DELAY-10",
      title = "A delayed send to a queue that was deleted is refused, or makes the queue again",
      intent = "Confirmed means that it will arrive, however late.",
      needs = Capability.DELIVERY_DELAY)
  static void queueWasDeleted(ScenarioContext t) {
    Connection connection = warm(t);
    Duration delay = Duration.ofMillis(100);
    Queue strict = t.queue();
    ProducerOptions fail =
        ProducerOptions.builder().missingDestination(MissingDestination.FAIL).build();
    Producer refused = connection.createProducer(strict, fail);
    refused.send(later("before", NOT_NOW));
    t.observer().delete(strict);
    Check.refused(
        DestinationNotFoundException.class,
        () -> refused.send(later("after", delay)),
        "a delayed send to a queue that was deleted",
        CHECK);
    Queue queue = t.queue();
    Producer making = connection.createProducer(queue);
    making.send(later("before", Duration.ofMillis(1)));
    t.observer().delete(queue);
    try {
      making.send(later("after", delay));
    } catch (DestinationNotFoundException e) {
      return; // and so nothing that was confirmed is lost
    }
    Consumer consumer = connection.createConsumer(queue);
    String next = Messages.takeText(consumer);
    Check.equal("after", next.equals("before") ? Messages.takeText(consumer) : next, "it", CHECK);
  }

  @Scenario(
      id = "DELAY-11",
      title = "A delayed send to a topic that was deleted is refused, or makes the topic again",
      intent = "What holds for a queue holds for a topic.",
      needs = Capability.DELIVERY_DELAY)
  static void topicWasDeleted(ScenarioContext t) {
    Connection connection = warm(t);
    Topic strict = t.topic();
    ProducerOptions fail =
        ProducerOptions.builder().missingDestination(MissingDestination.FAIL).build();
    Producer refused = connection.createProducer(strict, fail);
    refused.send(later("before", NOT_NOW));
    t.observer().delete(strict);
    Check.refused(
        DestinationNotFoundException.class,
        () -> refused.send(later("after", NOT_NOW)),
        "a delayed send to a topic that was deleted",
        CHECK);
    Topic topic = t.topic();
    Producer making = connection.createProducer(topic);
    making.send(later("before", NOT_NOW));
    t.observer().delete(topic);
    try {
      making.send(later("after", NOT_NOW));
    } catch (DestinationNotFoundException e) {
      return; // and so nobody was told that it will arrive
    }
    Check.that(connection.exists(topic), "the topic to be there again", "that it is not", CHECK);
  }

  /**
   * Deletes a queue that a delayed message waits for, behind a delayed message to another queue
   * whose delay is returned. Where the deletion takes longer than the wait, that shows nothing, and
   * is done again with a longer one.
   */
  private static Duration deleteWhileItWaits(
      ScenarioContext t, Connection connection, Queue queue, Consumer consumer) {
    for (long millis : List.of(600L, 2_400L, 9_600L)) {
      Queue doomed = t.queue();
      Duration delay = Duration.ofMillis(millis * 3 / 2);
      long sentAt = System.nanoTime();
      connection.send(doomed, later("for nobody", Duration.ofMillis(millis)));
      connection.send(queue, later("sent before", delay));
      connection.delete(doomed);
      if (System.nanoTime() - sentAt < Duration.ofMillis(millis).toNanos()) {
        return delay;
      }
      Check.equal("sent before", Messages.takeText(consumer), "what arrives", CHECK);
    }
    throw Check.failure("a deletion in less than 9.6 s", "none", CHECK);
  }
}
