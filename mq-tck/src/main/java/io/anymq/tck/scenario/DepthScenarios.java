package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.Session;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** DEPTH: the passive depth of a queue. */
final class DepthScenarios {

  private static final String COUNTING = "what the native number counts, and when it is taken";

  private DepthScenarios() {}

  @Scenario(
      id = "DEPTH-01",
      title = "An empty queue has depth 0",
      intent = "Zero is an answer, and means that the queue is there.",
      needs = Capability.QUEUE_DEPTH)
  static void empty(ScenarioContext t) {
    Check.equal(0L, t.connect().depth(t.queue()).atRest(), "the depth of a new queue", COUNTING);
  }

  @Scenario(
      id = "DEPTH-02",
      title = "At rest, after N confirmed sends, the depth is N",
      intent = "The number is right, on every backend, without a word of warning.",
      needs = Capability.QUEUE_DEPTH)
  static void atRest(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    sent(t, queue, 1, "after one confirmed send");
    Messages.sendNumbers(connection, queue, 99);
    sent(t, queue, 100, "after 100 confirmed sends");
    QueueDepth depth = connection.depth(queue);
    Check.equal(100L, depth.atRest(), "the depth, asked by the sender's connection,", COUNTING);
  }

  @Scenario(
      id = "DEPTH-03",
      title = "A missing queue has no depth, and is not made by asking",
      intent = "A mistyped name is not an empty queue.",
      needs = Capability.QUEUE_DEPTH)
  static void missing(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    for (int i = 0; i < 2; i++) {
      Check.refused(
          DestinationNotFoundException.class,
          () -> connection.depth(queue),
          "the depth of a missing queue",
          "that the query declares nothing, and that 'missing' is not read as 0");
    }
    Check.that(!connection.exists(queue), "the queue not to be made", "that it exists", "depth");
    Queue other = t.queue();
    Messages.send(connection, other, "a");
    depth(t, other, 1, "of another queue, after that failure");
  }

  @Scenario(
      id = "DEPTH-04",
      title = "Depth can be asked by a connection that does nothing else",
      intent = "A monitor is not a consumer.",
      needs = Capability.QUEUE_DEPTH)
  static void monitor(ScenarioContext t) {
    Queue queue = t.queue();
    Connection sender = t.connect();
    Messages.sendNumbers(sender, queue, 7);
    sender.close();
    Check.equal(
        7L, t.connect().depth(queue).atRest(), "the depth, from a new connection", COUNTING);
  }

  @Scenario(
      id = "DEPTH-05",
      title = "Asking a hundred times changes nothing",
      intent = "Looking does not consume, move, mark or join.",
      needs = Capability.QUEUE_DEPTH)
  static void passive(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 5);
    for (int i = 0; i < 100; i++) {
      Check.equal(5L, connection.depth(queue).atRest(), "the depth, asked again,", COUNTING);
    }
    List<Delivery> all = Messages.take(connection.createConsumer(queue), 5);
    Check.equal(Messages.numbers(5), Messages.texts(all), "what is in the queue", "side effects");
    for (Delivery delivery : all) {
      Check.that(!delivery.redelivered(), "no delivery marked", Messages.shown(delivery), "depth");
    }
  }

  @Scenario(
      id = "DEPTH-06",
      title = "Accepted messages are not counted",
      intent = "Depth falls as work is done.",
      needs = Capability.QUEUE_DEPTH)
  static void accepted(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 10);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(4));
    Messages.take(consumer, 4).forEach(Delivery::accept);
    consumer.close();
    depth(t, queue, 6, "after 4 of 10 were accepted");
  }

  @Scenario(
      id = "DEPTH-07",
      title = "Ready, in flight and total are three numbers, and each is true or absent",
      intent = "A program cannot mistake one for the other.",
      needs = Capability.QUEUE_DEPTH)
  static void inFlight(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 5);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(2));
    Messages.take(consumer, 2);
    numbers(t, queue, 3, 2, "with 2 of 5 held by a consumer");
    consumer.close();
    depth(t, queue, 5, "after the consumer gave 2 back");
  }

  @Scenario(
      id = "DEPTH-08",
      title = "The in-flight count is the number of unsettled deliveries",
      intent = "An operator sees what is being worked on.",
      needs = {Capability.QUEUE_DEPTH, Capability.IN_FLIGHT_COUNT})
  static void inFlightCount(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 5);
    inFlight(t, queue, 0);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(3));
    List<Delivery> held = Messages.take(consumer, 3);
    inFlight(t, queue, 3);
    consumer.close();
    inFlight(t, queue, 0);
    Check.equal(3, held.size(), "the held deliveries", "the consumer");
  }

  @Scenario(
      id = "DEPTH-09",
      title = "A released message is counted again",
      intent = "What goes back is there again.",
      needs = Capability.QUEUE_DEPTH)
  static void released(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 3);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
    Messages.take(consumer).release();
    consumer.close();
    depth(t, queue, 3, "after a release");
  }

  @Scenario(
      id = "DEPTH-10",
      title = "Sends of a unit of work count from its commit",
      intent = "What is rolled back was never there.",
      needs = {Capability.QUEUE_DEPTH, Capability.TRANSACTIONS})
  static void transactions(ScenarioContext t) {
    Queue queue = t.queue();
    try (Session session = t.connect().createSession()) {
      session.createProducer(queue).send("a");
      depth(t, queue, 0, "before commit");
      session.rollback();
      depth(t, queue, 0, "after rollback");
      session.createProducer(queue).send("b");
      session.commit();
      depth(t, queue, 1, "after commit");
    }
  }

  @Scenario(
      id = "DEPTH-11",
      title = "A dead letter is counted where it is",
      intent = "The source falls and the dead-letter queue rises.",
      needs = {Capability.QUEUE_DEPTH, Capability.DEAD_LETTER})
  static void deadLetters(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 3);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
    Messages.take(consumer).reject("bad");
    consumer.close();
    depth(t, queue, 2, "after one of 3 was rejected");
    depth(t, queue.deadLetterQueue(), 1, "of the dead-letter queue");
  }

  @Scenario(
      id = "DEPTH-12",
      title = "A topic's messages are in no queue's depth",
      intent = "The two name spaces are counted apart.",
      needs = Capability.QUEUE_DEPTH)
  static void topics(ScenarioContext t) {
    Queue queue = t.queue();
    Topic topic = Topic.of(queue.name());
    t.adopt(topic);
    Connection connection = t.connect();
    connection.declare(topic);
    Messages.send(connection, topic, "a", "b");
    depth(t, queue, 0, "of a queue whose namesake topic got 2 messages");
  }

  @Scenario(
      id = "DEPTH-13",
      title = "The answer says when it was taken",
      intent = "A number without a time is a rumour.",
      needs = Capability.QUEUE_DEPTH)
  static void takenAt(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Instant before = Instant.now().minusMillis(1);
    Instant taken = connection.depth(queue).takenAt();
    Instant after = Instant.now().plusMillis(1);
    Check.that(
        taken.isAfter(before) && taken.isBefore(after),
        "a time between " + before + " and " + after,
        taken,
        "that takenAt is when the answer arrived");
  }

  @Scenario(
      id = "DEPTH-14",
      title = "Depth while messages come and go stays within bounds",
      intent = "A monitor may ask at any time, and never gets nonsense.",
      needs = Capability.QUEUE_DEPTH)
  static void underLoad(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    List<CompletableFuture<Message>> sent =
        Messages.numbers(200).stream()
            .map(number -> connection.sendAsync(queue, Message.text(number)))
            .toList();
    long highest = 0;
    while (!sent.stream().allMatch(CompletableFuture::isDone)) {
      long count = t.observer().depth(queue).atRest();
      Check.that(
          count >= highest && count <= 200,
          "a depth from " + highest + " to 200 while 200 are being sent",
          count,
          COUNTING);
      highest = count;
    }
    sent(t, queue, 200, "after 200 sends");
  }

  @Scenario(
      id = "DEPTH-15",
      title = "Two consumers that hold messages are both counted",
      intent = "In flight is a matter of the queue, not of one consumer.",
      needs = Capability.QUEUE_DEPTH)
  static void twoConsumers(ScenarioContext t) {
    Queue queue = t.queue();
    Connection first = t.connect();
    Messages.sendNumbers(first, queue, 6);
    Messages.take(first.createConsumer(queue, Messages.manual(2)), 2);
    Connection second = t.connect();
    Messages.take(second.createConsumer(queue, Messages.manual(2)), 2);
    numbers(t, queue, 2, 4, "with 2 of 6 held by each of two");
    first.close();
    second.close();
    depth(t, queue, 6, "after both gave back what they held");
  }

  @Scenario(
      id = "DEPTH-16",
      title = "A purged queue has depth 0, and counts from there",
      intent = "Emptying does not leave a remainder in the books.",
      needs = {Capability.QUEUE_DEPTH, Capability.PURGE})
  static void purged(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 4);
    connection.purge(queue);
    depth(t, queue, 0, "after purge");
    Messages.sendNumbers(connection, queue, 2);
    depth(t, queue, 2, "after purge and 2 sends");
  }

  /** The depth after confirmed sends alone: at once, where the answer says that it is exact. */
  private static void sent(ScenarioContext t, Queue queue, long expected, String when) {
    QueueDepth depth = t.observer().depth(queue);
    if (depth.exact()) {
      Check.equal(expected, depth.atRest(), "the exact depth " + when, COUNTING);
    } else {
      depth(t, queue, expected, when);
    }
  }

  /** Each number that the backend tells, while consumers hold messages. */
  static void numbers(ScenarioContext t, Queue queue, long ready, long inFlight, String when) {
    Connection observer = t.observer();
    Check.eventually(
        () -> tells(observer.depth(queue), ready, inFlight),
        "%d ready and %d in flight, each where it is told, %s".formatted(ready, inFlight, when),
        () -> observer.depth(queue),
        COUNTING);
  }

  private static boolean tells(QueueDepth depth, long ready, long inFlight) {
    return depth.ready().orElse(ready) == ready
        && depth.inFlight().orElse(inFlight) == inFlight
        && depth.total().orElse(ready + inFlight) == ready + inFlight;
  }

  /** The depth that the run's own connection sees; it may take a moment to get there. */
  static void depth(ScenarioContext t, Queue queue, long expected, String when) {
    Connection observer = t.observer();
    Check.eventually(
        () -> observer.depth(queue).atRest() == expected,
        "a depth of " + expected + " " + when,
        () -> observer.depth(queue),
        COUNTING);
  }

  private static void inFlight(ScenarioContext t, Queue queue, long expected) {
    Check.eventually(
        () -> inFlight(t, queue).equals(Optional.of(expected)),
        "an in-flight count of " + expected,
        () -> t.observer().depth(queue),
        "what the native in-flight number counts");
  }

  private static Optional<Long> inFlight(ScenarioContext t, Queue queue) {
    var count = t.observer().depth(queue).inFlight();
    return count.isPresent() ? Optional.of(count.getAsLong()) : Optional.empty();
  }
}
