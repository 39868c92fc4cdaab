package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** ACK: settling. */
final class SettleScenarios {

  private SettleScenarios() {}

  @Scenario(
      id = "ACK-01",
      title = "An accepted message does not come again",
      intent = "Done is done, for every consumer.")
  static void accepted(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 10);
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer, 10).forEach(Delivery::accept);
    connection.close();
    Messages.empty(t, queue, "after all were accepted", "that acceptance reaches the broker");
  }

  @Scenario(
      id = "ACK-02",
      title = "receive accepts as it returns where the options ask for that",
      intent = "A program that needs no second chance can say so.")
  static void automaticReceive(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 5);
    Consumer consumer = connection.createConsumer(queue, Messages.automatic());
    for (Delivery delivery : Messages.take(consumer, 5)) {
      Check.that(delivery.settled(), "a settled delivery", "unsettled", "automatic mode");
    }
    connection.close();
    Messages.empty(t, queue, "after plain receives", "that automatic acceptance is handed over");
  }

  @Scenario(
      id = "ACK-03",
      title = "A listener that returns accepts",
      intent = "The simplest handler is right.")
  static void listenerReturns(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<String> handled = java.util.Collections.synchronizedList(new ArrayList<>());
    connection.createConsumer(
        queue, ConsumerOptions.DEFAULT, delivery -> handled.add(delivery.message().text()));
    Messages.sendNumbers(connection, queue, 20);
    Check.eventually(() -> handled.size() >= 20, "20", handled::size, "the dispatch");
    connection.close();
    Messages.empty(t, queue, "after the listener handled all", "automatic acceptance");
    Check.equal(20, handled.size(), "the number of calls", "what was delivered twice");
  }

  @Scenario(
      id = "ACK-04",
      title = "A listener that throws releases",
      intent = "A failure is not a loss: the message comes again.")
  static void listenerThrows(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<Integer> counts = java.util.Collections.synchronizedList(new ArrayList<>());
    connection.createConsumer(
        queue,
        Messages.prompt().build(),
        delivery -> {
          counts.add(delivery.deliveryCount());
          if (counts.size() < 3) {
            throw new IllegalStateException("not yet");
          }
        });
    Messages.send(connection, queue, "a");
    Check.eventually(() -> counts.size() >= 3, "3 calls", () -> counts, "what an exception does");
    Check.equal(List.of(1, 2, 3), List.copyOf(counts), "the delivery counts", "release's count");
  }

  @Scenario(
      id = "ACK-05",
      title = "A released message comes again, marked and counted",
      intent = "The next handler knows that it is not the first.")
  static void released(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer).release();
    Delivery again = Messages.take(consumer);
    Check.equal("a", again.message().text(), "the message", "what release gives back");
    Check.that(again.redelivered(), "redelivered() to be true", "false", "the flag after release");
    Check.equal(2, again.deliveryCount(), "the delivery count", "the count after release");
    again.accept();
    consumer.close();
    Messages.empty(t, queue, "after the second delivery was accepted", "release and accept");
  }

  @Scenario(
      id = "ACK-06",
      title = "A release in the middle of a batch touches that message alone",
      intent = "Settlements travel in batches, and stay single.")
  static void releaseInTheMiddle(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 5);
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    List<Delivery> batch = Messages.take(consumer, 5);
    for (Delivery delivery : batch) {
      if (delivery.message().text().equals("2")) {
        delivery.release();
      } else {
        delivery.accept();
      }
    }
    String check = "that a release in a batch is not widened to its neighbours";
    Delivery again = Messages.take(consumer);
    Check.equal("2", again.message().text(), "what comes again", check);
    again.accept();
    Messages.marker(connection, queue, consumer, "as the others were accepted", check);
  }

  @Scenario(
      id = "ACK-07",
      title = "Acceptance out of order settles what it names",
      intent = "No cumulative acknowledgement behind the application's back.")
  static void outOfOrder(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 6);
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    List<Delivery> held = Messages.take(consumer, 6);
    held.get(4).accept();
    held.get(1).accept();
    held.get(3).accept();
    connection.close();
    Consumer next = t.connect().createConsumer(queue);
    Set<String> rest = new TreeSet<>(Messages.takeTexts(next, 3));
    String check = "that single deliveries are settled, never all up to one";
    Check.equal(Set.of("0", "2", "5"), rest, "what comes again", check);
    Messages.marker(t.observer(), queue, next, "as the others were accepted", check);
  }

  @Scenario(
      id = "ACK-08",
      title = "Settling again does nothing, and settling otherwise is refused",
      intent = "The first word counts, and a program that contradicts itself is told.")
  static void settleAgain(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a", "b");
    Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
    Delivery first = Messages.take(consumer);
    first.accept();
    first.accept();
    refused(first::release, "release after accept");
    refused(() -> first.release(Duration.ofMillis(1)), "release with a delay after accept");
    refused(() -> first.reject("too late"), "reject after accept");
    String check = "that a delivery remembers how it was settled";
    Delivery second = Messages.take(consumer);
    Check.equal("b", second.message().text(), "the next message", check);
    second.release();
    second.release();
    refused(second::accept, "accept after release");
    Check.equal("b", Messages.takeText(consumer), "the released message", check);
    Messages.marker(connection, queue, consumer, "after settling twice", check);
    Check.that(
        !connection.exists(queue.deadLetterQueue()) || depthOrZero(t, queue.deadLetterQueue()) == 0,
        "no dead letter from a second settlement",
        "one",
        check);
  }

  @Scenario(
      id = "ACK-14",
      title = "What a receive has returned is settled by the program alone",
      intent = "Neither the next receive nor close accepts.")
  static void manualIsManual(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 4);
    Consumer consumer = connection.createConsumer(queue);
    List<Delivery> held = Messages.take(consumer, 4);
    held.get(3).accept();
    consumer.close();
    Set<String> again = new TreeSet<>(Messages.takeTexts(connection.createConsumer(queue), 3));
    Check.equal(Set.of("0", "1", "2"), again, "what comes again", "what else settles deliveries");
  }

  @Scenario(
      id = "ACK-16",
      title = "A settlement is handed over soon",
      intent = "A message that is done with does not come again after a crash an hour later.",
      needs = Capability.QUEUE_DEPTH)
  static void soon(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 3);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
    for (int i = 0; i < 3; i++) {
      Messages.take(consumer).accept();
    }
    Check.eventually(
        Duration.ofSeconds(5),
        () -> depthOrZero(t, queue) == 0,
        "a depth of 0 after all was accepted, with the consumer still open",
        () -> t.observer().depth(queue),
        "how long settlements are collected before they are handed over");
  }

  @Scenario(
      id = "ACK-17",
      title = "Release, accept and reject mixed in one consumer go each its way",
      intent = "Kinds of settlement in one batch do not get mixed up.",
      needs = Capability.DEAD_LETTER)
  static void mixed(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 9);
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    for (Delivery delivery : Messages.take(consumer, 9)) {
      switch (Integer.parseInt(delivery.message().text()) % 3) {
        case 0 -> delivery.accept();
        case 1 -> delivery.release();
        default -> delivery.reject("two");
      }
    }
    Set<String> again = new TreeSet<>();
    for (Delivery delivery : Messages.take(consumer, 3)) {
      again.add(delivery.message().text());
      delivery.accept();
    }
    Check.equal(Set.of("1", "4", "7"), again, "what was released", "how batches are settled");
    Consumer dead = connection.createConsumer(queue.deadLetterQueue());
    Set<String> rejected = new TreeSet<>(Messages.takeTexts(dead, 3));
    Check.equal(Set.of("2", "5", "8"), rejected, "what was rejected", "how batches are settled");
    Messages.marker(
        connection, queue, consumer, "as the rest was accepted", "how batches are settled");
  }

  private static void refused(Check.Action action, String what) {
    Check.refused(action, what, "how a second settlement is refused", ErrorCode.ILLEGAL_USE);
  }

  private static long depthOrZero(ScenarioContext t, Queue queue) {
    return t.supports(Capability.QUEUE_DEPTH) ? t.observer().depth(queue).atRest() : 0;
  }
}
