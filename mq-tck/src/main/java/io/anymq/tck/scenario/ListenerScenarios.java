package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessageListener;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** RECV: receiving by listeners. */
final class ListenerScenarios {

  private ListenerScenarios() {}

  @Scenario(
      id = "RECV-20",
      title = "A listener gets every message, one at a time, in order",
      intent = "With a concurrency of one a handler needs no lock.")
  static void inOrder(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<String> received = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    connection.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        delivery -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          received.add(delivery.message().text());
          running.decrementAndGet();
        });
    Messages.sendNumbers(connection, queue, 100);
    Check.eventually(
        () -> received.size() >= 100, "100 deliveries", received::size, "the listener's dispatch");
    Check.equal(Messages.numbers(100), List.copyOf(received), "what was received", "the order");
    Check.equal(1, most.get(), "the most calls at one time", "the concurrency");
  }

  @Scenario(
      id = "RECV-21",
      title = "A listener's concurrency is used and kept",
      intent = "Slow handlers run side by side, as many as were asked for and not more.")
  static void concurrency(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    CountDownLatch together = new CountDownLatch(3);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    connection.createConsumer(
        queue,
        ConsumerOptions.builder().concurrency(3).prefetch(6).build(),
        delivery -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          together.countDown();
          boolean met = together.await(Check.LIMIT.toSeconds(), TimeUnit.SECONDS);
          running.decrementAndGet();
          done.addAndGet(met ? 1 : 0);
        });
    Messages.sendNumbers(connection, queue, 12);
    Check.eventually(
        () -> done.get() >= 12,
        "12 deliveries, 3 at a time",
        () -> done + " done, " + most + " at one time",
        "that a concurrency of 3 makes 3 calls at once");
    Check.equal(3, most.get(), "the most calls at one time", "the bound on concurrency");
  }

  @Scenario(
      id = "RECV-22",
      title = "A consumer with a listener has no receive",
      intent = "Two ways at once would share messages by chance.")
  static void neverBoth(ScenarioContext t) {
    Consumer consumer = t.connect().createConsumer(t.queue(), ConsumerOptions.DEFAULT, ignore());
    String check = "the consumer's mode";
    ErrorCode code = ErrorCode.ILLEGAL_USE;
    Check.refused(() -> consumer.receive(Check.LIMIT), "receive beside a listener", check, code);
    Check.refused(consumer::receiveNoWait, "receiveNoWait beside a listener", check, code);
    Check.refused(
        () -> consumer.receiveBatch(1, Check.LIMIT), "receiveBatch beside a listener", check, code);
  }

  @Scenario(
      id = "RECV-23",
      title = "Concurrency belongs to listeners",
      intent = "An option that would do nothing is refused.")
  static void concurrencyWithoutListener(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Check.refused(
        () -> connection.createConsumer(queue, ConsumerOptions.builder().concurrency(2).build()),
        "a consumer without a listener and with a concurrency of 2",
        "the checks of createConsumer",
        ErrorCode.INVALID_OPTION,
        ErrorCode.ILLEGAL_USE);
  }

  @Scenario(
      id = "RECV-24",
      title = "A listener that throws stops nobody",
      intent = "One bad message must not end consumption.")
  static void throwing(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    connection.createConsumer(
        queue,
        Messages.prompt().maxDeliveries(2).build(),
        delivery -> {
          if (delivery.message().text().equals("bad")) {
            throw new IllegalStateException("a bad message");
          }
          handled.add(delivery.message().text());
        });
    Messages.send(connection, queue, "a", "bad", "b", "c");
    Check.eventually(
        () -> handled.size() >= 3, "a, b and c", () -> handled, "what an exception does");
    Check.that(handled.containsAll(List.of("a", "b", "c")), "a, b and c", handled, "the listener");
  }

  @Scenario(
      id = "RECV-25",
      title = "A listener may send and wait for the confirmation",
      intent = "Handlers that pass messages on are the rule, and must not lock up.")
  static void sendsFromListener(ScenarioContext t) {
    Connection connection = t.connect();
    Queue in = t.queue();
    Queue out = t.queue();
    connection.createConsumer(
        in,
        ConsumerOptions.builder().prefetch(4).build(),
        delivery -> connection.send(out, Message.text(delivery.message().text())));
    Messages.sendNumbers(connection, in, 30);
    List<String> passed = Messages.takeTexts(t.connect().createConsumer(out), 30);
    Check.equal(
        Messages.numbers(30),
        passed,
        "what was passed on",
        "that confirmations come on another thread than the listener's");
  }

  @Scenario(
      id = "RECV-26",
      title = "A listener may make and close other consumers and producers",
      intent = "A handler can do all that an application does.")
  static void worksFromListener(ScenarioContext t) {
    Connection connection = t.connect();
    Queue in = t.queue();
    Queue side = t.queue();
    Messages.send(connection, side, "from the side");
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    connection.createConsumer(
        in,
        ConsumerOptions.DEFAULT,
        delivery -> {
          try (Consumer other = connection.createConsumer(side)) {
            seen.add(Messages.takeText(other));
          }
        });
    Messages.send(connection, in, "go");
    Check.eventually(
        () -> !seen.isEmpty(), "the message from the side", () -> seen, "locks held in deliver");
  }

  @Scenario(
      id = "RECV-27",
      title = "A slow listener does not hold up another consumer of the connection",
      intent = "Consumers of one connection are independent of each other.")
  static void independent(ScenarioContext t) {
    Connection connection = t.connect();
    Queue slow = t.queue();
    Queue fast = t.queue();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    t.onClose(end::countDown);
    connection.createConsumer(
        slow,
        ConsumerOptions.DEFAULT,
        delivery -> {
          begun.countDown();
          Check.that(end.await(60, TimeUnit.SECONDS), "the end", "nothing", "the scenario");
        });
    Messages.send(connection, slow, "a");
    Check.eventually(() -> begun.getCount() == 0, "the call", begun::getCount, "the dispatch");
    Consumer other = connection.createConsumer(fast);
    Messages.sendNumbers(connection, fast, 5);
    Check.equal(
        Messages.numbers(5),
        Messages.takeTexts(other, 5),
        "what the other consumer receives meanwhile",
        "whose thread the listener blocks");
  }

  @Scenario(
      id = "RECV-28",
      title = "A delivery handed to another thread can be settled there",
      intent = "With manual acknowledgement, returning from the listener settles nothing.")
  static void settleElsewhere(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    BlockingQueue<Delivery> handed = new LinkedBlockingQueue<>();
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL, handed::add);
    Messages.sendNumbers(connection, queue, 5);
    Check.eventually(() -> handed.size() >= 5, "5 deliveries", handed::size, "the dispatch");
    handed.forEach(
        each -> Check.that(!each.settled(), "an unsettled delivery", "settled", "manual mode"));
    handed.forEach(Delivery::accept);
    consumer.close();
    Messages.empty(t, queue, "after all were accepted", "settling from another thread");
  }

  private static MessageListener ignore() {
    return delivery -> {};
  }

  @Scenario(
      id = "RECV-29",
      title = "No message waits behind a slow handler while another thread is free",
      intent = "Concurrency is there for the slow ones.")
  static void slowHandler(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    t.onClose(release::countDown);
    Set<String> done = ConcurrentHashMap.newKeySet();
    Messages.sendNumbers(connection, queue, 60);
    connection.createConsumer(
        queue,
        ConsumerOptions.builder().concurrency(2).prefetch(60).build(),
        delivery -> {
          if (delivery.message().text().equals("0")) {
            slow.countDown();
            Check.that(
                release.await(Check.LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS),
                "the end of the slow handler",
                "none",
                "the scenario");
          }
          // Or else all others might be done before the slow one begins.
          boolean unused = slow.await(Check.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
          done.add(delivery.message().text());
        });
    Check.eventually(
        () -> done.size() == 59,
        "59 messages handled while one handler is slow",
        done::size,
        "whether a thread keeps messages that another could handle");
    release.countDown();
    Check.eventually(() -> done.size() == 60, "the slow one too", done::size, "the slow handler");
  }

  @Scenario(
      id = "RECV-30",
      title = "A listener that leaves its thread interrupted gets the next message all the same",
      intent = "One handler's interrupt is none of the next one's business.")
  static void interrupted(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<String> seen = new CopyOnWriteArrayList<>();
    connection.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        delivery -> {
          seen.add(delivery.message().text() + Thread.currentThread().isInterrupted());
          Thread.currentThread().interrupt();
        });
    Messages.send(connection, queue, "a");
    Check.eventually(() -> seen.size() == 1, "the first message", () -> seen, "the listener");
    Messages.send(connection, queue, "b");
    Check.eventually(
        () -> seen.equals(List.of("afalse", "bfalse")),
        "both messages, neither with an interrupt from before",
        () -> seen,
        "what becomes of the interrupt that a listener leaves");
  }
}
