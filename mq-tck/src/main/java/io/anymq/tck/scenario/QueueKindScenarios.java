package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** DEST from 20 on: queues that are made with options: priorities, and a maximum length. */
final class QueueKindScenarios {

  private static final String ORDER = "how a prioritized queue orders what it holds";
  private static final String FULL = "when a bounded queue refuses, and what becomes of the rest";

  private QueueKindScenarios() {}

  private static Queue prioritized(ScenarioContext t, Connection connection) {
    Queue queue = t.newQueue();
    connection.declare(queue, QueueOptions.builder().prioritized(true).build());
    return queue;
  }

  private static Queue bounded(ScenarioContext t, Connection connection, long length) {
    Queue queue = t.newQueue();
    connection.declare(queue, QueueOptions.builder().maxLength(length).build());
    return queue;
  }

  private static void send(Connection connection, Queue queue, String text, int priority) {
    connection.send(queue, Message.text(text).toBuilder().priority(priority).build());
  }

  /** Takes one at a time, so that no prefetch decides the order. */
  private static List<String> takeOneByOne(Connection connection, Queue queue, int count) {
    List<String> texts = new ArrayList<>();
    try (Consumer consumer = connection.createConsumer(queue, Messages.manual(1))) {
      for (int i = 0; i < count; i++) {
        Delivery delivery = Messages.take(consumer);
        texts.add(delivery.message().text());
        delivery.accept();
      }
    }
    return texts;
  }

  @Scenario(
      id = "DEST-20",
      title = "A prioritized queue delivers each of the ten priorities before the next",
      intent = "Ten levels are ten, not two.",
      needs = Capability.PRIORITY)
  static void tenLevels(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = prioritized(t, connection);
    for (int priority : List.of(3, 9, 0, 7, 5, 1, 8, 2, 6, 4)) {
      send(connection, queue, Integer.toString(priority), priority);
    }
    Check.equal(
        List.of("9", "8", "7", "6", "5", "4", "3", "2", "1", "0"),
        takeOneByOne(connection, queue, 10),
        "the order",
        ORDER);
  }

  @Scenario(
      id = "DEST-21",
      title = "Messages of one priority stay in order",
      intent = "Urgent ones overtake; equal ones do not.",
      needs = Capability.PRIORITY)
  static void orderWithin(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = prioritized(t, connection);
    for (int i = 0; i < 5; i++) {
      send(connection, queue, "low-" + i, 2);
      send(connection, queue, "high-" + i, 7);
    }
    Check.equal(
        List.of(
            "high-0", "high-1", "high-2", "high-3", "high-4", "low-0", "low-1", "low-2", "low-3",
            "low-4"),
        takeOneByOne(connection, queue, 10),
        "the order",
        ORDER);
  }

  @Scenario(
      id = "DEST-22",
      title = "A queue that is not prioritized stays first in, first out",
      intent = "Order is not given up by a field of a message.",
      needs = Capability.PRIORITY)
  static void notPrioritized(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    send(connection, queue, "low", 0);
    send(connection, queue, "high", 9);
    Check.equal(List.of("low", "high"), takeOneByOne(connection, queue, 2), "the order", ORDER);
  }

  @Scenario(
      id = "DEST-23",
      title = "A released message of a prioritized queue keeps its priority",
      intent = "A retry is no less urgent.",
      needs = Capability.PRIORITY)
  static void released(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = prioritized(t, connection);
    send(connection, queue, "low", 1);
    send(connection, queue, "high", 8);
    try (Consumer consumer = connection.createConsumer(queue, Messages.manual(1))) {
      Messages.take(consumer).release();
      Delivery again = Messages.take(consumer);
      Check.equal("high", again.message().text(), "what comes after the release", ORDER);
      Check.equal(8, again.message().priority(), "its priority", ORDER);
      again.accept();
    }
    Check.equal(List.of("low"), takeOneByOne(connection, queue, 1), "the rest", ORDER);
  }

  @Scenario(
      id = "DEST-24",
      title = "The depth of a prioritized queue counts all priorities",
      intent = "Urgent or not, it waits.",
      needs = {Capability.PRIORITY, Capability.QUEUE_DEPTH})
  static void depth(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = prioritized(t, connection);
    for (int priority = 0; priority <= Message.MAX_PRIORITY; priority++) {
      send(connection, queue, "a", priority);
    }
    Check.equal(10L, connection.depth(queue).atRest(), "the depth", ORDER);
  }

  @Scenario(
      id = "DEST-30",
      title = "A full queue refuses, and drops nothing that it has",
      intent = "What was confirmed stays, what was refused is not stored.",
      needs = {Capability.BOUNDED_QUEUES, Capability.QUEUE_DEPTH})
  static void full(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = bounded(t, connection, 5);
    Messages.sendNumbers(connection, queue, 5);
    for (int i = 0; i < 3; i++) {
      Check.refused(
          QueueFullException.class,
          () -> connection.send(queue, Message.text("one too many")),
          "a send to a full queue",
          FULL);
    }
    Check.equal(5L, connection.depth(queue).atRest(), "the depth", FULL);
    Check.equal(
        Messages.numbers(5), takeOneByOne(connection, queue, 5), "what the queue holds", FULL);
  }

  @Scenario(
      id = "DEST-31",
      title = "A full queue takes again when there is room",
      intent = "Full is a state, not an end.",
      needs = Capability.BOUNDED_QUEUES)
  static void roomAgain(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = bounded(t, connection, 2);
    Messages.send(connection, queue, "a", "b");
    Check.refused(
        QueueFullException.class,
        () -> connection.send(queue, Message.text("refused")),
        "a send to a full queue",
        FULL);
    Check.equal(List.of("a"), takeOneByOne(connection, queue, 1), "the first", FULL);
    Check.eventually(() -> takes(connection, queue), "room for one", () -> "none", FULL);
    Check.equal(List.of("b", "c"), takeOneByOne(connection, queue, 2), "what it holds", FULL);
  }

  private static boolean takes(Connection connection, Queue queue) {
    try {
      connection.send(queue, Message.text("c"));
      return true;
    } catch (QueueFullException e) {
      return false;
    }
  }

  @Scenario(
      id = "DEST-32",
      title = "A queue that is full is a passing failure, and says so",
      intent = "Who sends can decide to try again.",
      needs = Capability.BOUNDED_QUEUES)
  static void transientFailure(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = bounded(t, connection, 1);
    Messages.send(connection, queue, "a");
    QueueFullException refused =
        Check.refused(
            QueueFullException.class,
            () -> connection.send(queue, Message.text("b")),
            "a send to a full queue",
            FULL);
    Check.equal(ErrorCode.QUEUE_FULL, refused.code(), "its code", FULL);
    Check.that(refused.isTransient(), "a transient failure", refused, FULL);
  }

  @Scenario(
      id = "DEST-33",
      title = "Of many sends that run into the limit, those confirmed are stored and no others",
      intent = "The limit holds in the middle of a window too.",
      needs = Capability.BOUNDED_QUEUES)
  static void inAWindow(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = bounded(t, connection, 20);
    List<CompletableFuture<Message>> sends = new ArrayList<>();
    for (String number : Messages.numbers(50)) {
      sends.add(connection.sendAsync(queue, Message.text(number)));
    }
    List<String> confirmed = new ArrayList<>();
    for (int i = 0; i < sends.size(); i++) {
      CompletableFuture<Message> send = sends.get(i);
      try {
        confirmed.add(Check.outcome(send).text());
      } catch (Exception e) {
        Check.refused(QueueFullException.class, () -> Check.outcome(send), "send " + i, FULL);
      }
    }
    Check.equal(20, confirmed.size(), "the number of confirmed sends", FULL);
    Check.equal(confirmed, takeOneByOne(connection, queue, 20), "what is stored", FULL);
    Messages.empty(t, queue, "behind what was confirmed", FULL);
  }

  @Scenario(
      id = "DEST-34",
      title = "A length below one is refused where it is set",
      intent = "A queue that takes nothing is none.")
  static void invalidLength(ScenarioContext t) {
    for (long length : List.of(0L, -1L)) {
      Check.refused(
          InvalidOptionException.class,
          () -> QueueOptions.builder().maxLength(length),
          "a length of " + length,
          FULL);
    }
  }

  @Scenario(
      id = "DEST-35",
      title = "A queue that exists stays as it was made",
      intent = "A consumer's look for its queue changes nothing about it.",
      needs = Capability.BOUNDED_QUEUES)
  static void staysAsMade(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = bounded(t, connection, 1);
    connection.declare(queue);
    t.connect().createConsumer(queue).close();
    Messages.send(t.connect(), queue, "a");
    Check.refused(
        QueueFullException.class,
        () -> t.connect().send(queue, Message.text("b")),
        "a send to a full queue that was declared again without options",
        FULL);
  }
}
