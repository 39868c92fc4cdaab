package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MissingDestination;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;

/** RECV: receiving by calls. */
final class ReceiveScenarios {

  private ReceiveScenarios() {}

  @Scenario(
      id = "RECV-01",
      title = "First in, first out",
      intent = "One producer, one consumer, no release: the order is that of sending.")
  static void order(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 100);
    List<String> received = Messages.takeTexts(connection.createConsumer(queue), 100);
    Check.equal(Messages.numbers(100), received, "what is received, in order", "the queue's order");
  }

  @Scenario(
      id = "RECV-02",
      title = "receive waits as long as it was told to",
      intent = "A time limit is neither cut short nor drawn out.")
  static void timeout(ScenarioContext t) {
    Consumer consumer = t.connect().createConsumer(t.queue());
    long begun = System.nanoTime();
    Optional<Delivery> nothing = consumer.receive(Duration.ofMillis(400));
    long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    Check.that(nothing.isEmpty(), "nothing from an empty queue", nothing, "what was delivered");
    Check.that(
        millis >= 400 && millis < 3_000,
        "receive(400 ms) on an empty queue to take 400 ms and little more",
        millis + " ms",
        "the wait in receive");
  }

  @Scenario(
      id = "RECV-03",
      title = "A waiting receive gets a message as it comes",
      intent = "Waiting is for the message, not for the next poll.")
  static void wakesUp(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    Messages.send(connection, queue, "warm");
    Messages.take(consumer).accept();
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < 3 && shortest >= 1_000; i++) { // a busy machine delays one, and not all
      Future<Delivery> waiting = ThreadWatch.waiting(t, () -> Messages.take(consumer), "receive");
      long begun = System.nanoTime();
      Messages.send(connection, queue, "a");
      Delivery delivery = Check.completes(waiting, "a waiting receive", "what wakes it up");
      shortest = Math.min(shortest, Duration.ofNanos(System.nanoTime() - begun).toMillis());
      Check.equal("a", delivery.message().text(), "the message", "the delivery");
      delivery.accept();
    }
    Check.that(
        shortest < 1_000, "the message within 1 s", shortest + " ms", "the consumer's wake-up");
  }

  @Scenario(
      id = "RECV-04",
      title = "receiveNoWait does not wait",
      intent = "A caller can look in and go on with other work.")
  static void noWait(ScenarioContext t) throws Exception {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    String check = "that it looks at what has been prefetched, and nowhere else";
    Duration shortest = Check.LIMIT;
    for (int i = 0; i < 5; i++) { // a busy machine delays one of them, and not all
      long begun = System.nanoTime();
      Optional<Delivery> nothing = consumer.receiveNoWait();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      shortest = took.compareTo(shortest) < 0 ? took : shortest;
      Check.that(nothing.isEmpty(), "nothing from an empty queue", nothing, check);
    }
    Check.that(shortest.toMillis() < 500, "no wait on an empty queue", shortest, check);
    Messages.send(connection, queue, "a");
    List<Delivery> found = new ArrayList<>();
    Check.eventually(
        () -> consumer.receiveNoWait().map(found::add).isPresent(),
        "receiveNoWait to find what was sent",
        () -> "nothing",
        check);
    Check.equal("a", found.get(0).message().text(), "the message", check);
  }

  @Scenario(
      id = "RECV-05",
      title = "receiveBatch returns what is there, in order, up to its limit",
      intent = "Batches are for speed: they do not wait to fill up, and do not overflow.")
  static void batch(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 10);
    Consumer consumer = connection.createConsumer(queue);
    List<String> received = new ArrayList<>();
    while (received.size() < 10) {
      List<Delivery> batch = consumer.receiveBatch(4, Check.LIMIT);
      Check.that(
          !batch.isEmpty() && batch.size() <= 4, "1 to 4 deliveries", batch.size(), "the limit");
      received.addAll(Messages.texts(batch));
    }
    Check.equal(Messages.numbers(10), received, "all batches together", "the order");
    List<Delivery> none = consumer.receiveBatch(4, Duration.ofMillis(100));
    Check.that(none.isEmpty(), "an empty batch from an empty queue", none, "what was delivered");
  }

  @Scenario(
      id = "RECV-09",
      title = "Threads may share a consumer",
      intent = "Concurrent calls of receive share the messages out.")
  static void sharedConsumer(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Consumer consumer = connection.createConsumer(queue);
    Messages.sendNumbers(connection, queue, 40);
    List<Future<List<String>>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(t.inThread(() -> Messages.takeTexts(consumer, 10)));
    }
    Set<String> all = new HashSet<>();
    threads.forEach(each -> all.addAll(Check.completes(each, "each thread", "receive")));
    Check.equal(40, all.size(), "the number of different messages", "what two threads both got");
  }

  @Scenario(
      id = "RECV-10",
      title = "A queue keeps messages while nobody consumes",
      intent = "Senders and consumers need not be there at one time.")
  static void keeps(ScenarioContext t) {
    Queue queue = t.queue();
    Connection sender = t.connect();
    Messages.sendNumbers(sender, queue, 5);
    sender.close();
    Connection first = t.connect();
    Consumer consumer = first.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer).accept();
    first.close();
    Consumer second = t.connect().createConsumer(queue);
    Set<String> rest = new HashSet<>(Messages.takeTexts(second, 4));
    Check.equal(
        new HashSet<>(Messages.numbers(5).subList(1, 5)), rest, "the rest", "what the queue keeps");
  }

  @Scenario(
      id = "RECV-11",
      title = "A consumer of a missing queue is refused where the options forbid to make it",
      intent = "A mistyped name is found at once, and creates nothing.")
  static void missingRefused(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    ConsumerOptions options =
        ConsumerOptions.builder().missingDestination(MissingDestination.FAIL).build();
    Check.refused(
        DestinationNotFoundException.class,
        () -> connection.createConsumer(queue, options),
        "a consumer of a missing queue",
        "MissingDestination.FAIL");
    Check.that(!connection.exists(queue), "the queue not to be made", "that it exists", "FAIL");
  }

  @Scenario(
      id = "RECV-12",
      title = "A missing queue is made where the options allow",
      intent = "A consumer can be started before its senders.")
  static void missingMade(ScenarioContext t) {
    Queue queue = t.newQueue();
    Consumer consumer = t.connect().createConsumer(queue);
    Messages.send(t.connect(), queue, "a");
    Check.equal("a", Messages.takeText(consumer), "the message", "MissingDestination.CREATE");
  }

  @Scenario(
      id = "RECV-13",
      title = "An interrupted receive ends at once and keeps the interrupt",
      intent = "Threads can be stopped in the way that Java knows.")
  static void interrupt(ScenarioContext t) {
    Consumer consumer = t.connect().createConsumer(t.queue());
    Future<Boolean> flag =
        t.inThread(
            () -> {
              Thread.currentThread().interrupt();
              MessagingException failure =
                  Check.refused(
                      MessagingException.class,
                      () -> consumer.receive(Check.LIMIT),
                      "receive in an interrupted thread",
                      "the wait in receive");
              Check.equal(ErrorCode.INTERRUPTED, failure.code(), "the code", "the wait in receive");
              return Thread.interrupted();
            });
    boolean kept = Check.completes(flag, "an interrupted receive", "the wait in receive");
    Check.that(kept, "the interrupt flag set again", "that it was lost", "where it is caught");
  }

  @Scenario(
      id = "RECV-14",
      title = "A first delivery says so",
      intent = "A consumer that looks for duplicates can trust the mark.")
  static void firstDelivery(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Delivery delivery = Messages.take(connection.createConsumer(queue, Messages.MANUAL));
    Check.that(!delivery.redelivered(), "redelivered() to be false", "true", "the native flag");
    Check.equal(1, delivery.deliveryCount(), "the delivery count", "where counting begins");
    Check.equal(queue, delivery.destination(), "the destination", "the delivery's destination");
    Check.that(!delivery.settled(), "settled() to be false", "true", "manual acknowledgement");
    delivery.accept();
    Check.that(delivery.settled(), "settled() to be true after accept", "false", "accept");
  }

  @Scenario(
      id = "RECV-15",
      title = "A backlog of large messages is received whole",
      intent = "Credit in messages must not break on messages that are large.")
  static void largeBacklog(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    int size = 200_000;
    for (int i = 0; i < 20; i++) {
      connection.send(queue, Message.bytes(Fidelity.body(size + i)));
    }
    List<Delivery> received = Messages.take(connection.createConsumer(queue), 20);
    for (int i = 0; i < 20; i++) {
      Check.that(
          java.util.Arrays.equals(Fidelity.body(size + i), received.get(i).message().body()),
          "body " + i + " whole",
          received.get(i).message().bodyLength() + " bytes",
          "how large bodies are read");
    }
  }
}
