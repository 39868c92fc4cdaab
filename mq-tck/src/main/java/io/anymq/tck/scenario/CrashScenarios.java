package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import io.anymq.tck.ledger.Ledger;
import io.anymq.tck.ledger.Reconciliation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** RECOV: what the death of the broker process does, and does not do. */
final class CrashScenarios {

  private static final int MESSAGES = 400;

  /**
   * A broker that starts on a busy machine takes more than the default, and nothing is in doubt:
   * RabbitMQ 3.10.8 was away for 9 to 39 s there. What comes after the start is judged by {@link
   * #BACK_AT_WORK}.
   */
  private static final String LONGER_THAN_A_RESTART = "150s";

  /** How long a send may take when the broker answers again: 30 s. */
  private static final Duration BACK_AT_WORK = Check.LIMIT.multipliedBy(2);

  private CrashScenarios() {}

  @Scenario(
      id = "RECOV-20",
      title = "Nothing confirmed is lost when the broker is killed while messages are sent",
      intent = "The promise of the library, at its hardest moment.",
      needs = Capability.PERSISTENCE,
      controls = {BrokerControl.KILL, BrokerControl.RESTART},
      limitSeconds = 180)
  static void killedWhileSending(ScenarioContext t) {
    Queue queue = t.oldQueue();
    Connection connection = t.connect(o -> o.option("send-timeout", LONGER_THAN_A_RESTART));
    Ledger ledger = new Ledger();
    List<CompletableFuture<Boolean>> sent = new ArrayList<>();
    t.onClose(t.broker()::ensureUp);
    for (int i = 0; i < MESSAGES; i++) {
      if (i == MESSAGES / 2) {
        Check.eventually(
            () -> ledger.confirmations() > 0, "a confirmation", ledger::reconcile, "sendAsync");
        t.broker().kill();
        t.broker().restart();
      }
      Message message = ledger.next("key-" + i % 5, 100);
      sent.add(ledger.track(message, connection.sendAsync(queue, message)));
    }
    sent.forEach(each -> completes(each, "every send after the restart"));
    Check.that(
        sent.subList(MESSAGES / 2, MESSAGES).stream().allMatch(CompletableFuture::join),
        "every send after the restart to be confirmed",
        ledger.reconcile(),
        "what becomes of sends while the link is made again");
    drain(t, queue, ledger);
    Reconciliation books = ledger.reconcile();
    LedgerCheck.nothingLost(books);
    Check.that(
        books.unflaggedDuplicates().isEmpty(),
        "every copy that was sent again to be marked as redelivered",
        books,
        "how a message is marked that an earlier link may have stored");
  }

  @Scenario(
      id = "RECOV-21",
      title = "Nothing is lost when the broker is killed while messages are consumed",
      intent = "What was not settled comes again, and what comes again is marked.",
      needs = Capability.PERSISTENCE,
      controls = {BrokerControl.KILL, BrokerControl.RESTART},
      limitSeconds = 180)
  static void killedWhileConsuming(ScenarioContext t) {
    Queue queue = t.oldQueue();
    Connection connection = t.connect();
    Ledger ledger = new Ledger();
    send(connection, queue, ledger, 100);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(10));
    for (int i = 0; i < 30; i++) {
      Delivery delivery = Messages.take(consumer);
      ledger.received(delivery);
      delivery.accept();
    }
    Delivery held = Messages.take(consumer);
    ledger.received(held);
    t.onClose(t.broker()::ensureUp);
    t.broker().kill();
    t.broker().restart();
    while (!ledger.complete()) {
      Delivery delivery = take(consumer, ledger);
      ledger.received(delivery);
      delivery.accept();
    }
    takeTheRest(connection, queue, consumer, ledger);
    Reconciliation books = ledger.reconcile();
    LedgerCheck.nothingLost(books);
    Check.that(
        books.unflaggedDuplicates().isEmpty(),
        "every message that comes again after a crash to be marked as redelivered",
        books,
        "the redelivered flag after a restart of the broker");
  }

  @Scenario(
      id = "RECOV-22",
      title = "Persistent messages survive an orderly restart of the broker",
      intent = "Maintenance loses nothing.",
      needs = Capability.PERSISTENCE,
      controls = {BrokerControl.STOP, BrokerControl.RESTART},
      limitSeconds = 180)
  static void restarted(ScenarioContext t) {
    Queue queue = t.queue();
    Topic topic = t.topic();
    t.removeAtEnd(topic, "keeper");
    Connection connection = t.connect();
    boolean durable = t.supports(Capability.DURABLE_SUBSCRIPTIONS);
    if (durable) {
      connection.subscribe(topic, SubscriptionOptions.durable("keeper")).close();
    }
    Messages.sendNumbers(connection, queue, 20);
    Messages.sendNumbers(connection, topic, 5);
    connection.close();
    t.growOld();
    t.onClose(t.broker()::ensureUp);
    t.broker().stop();
    t.broker().restart();
    Connection after = t.connect();
    List<String> texts = Messages.takeTexts(after.createConsumer(queue), 20);
    Check.equal(Messages.numbers(20), texts, "what the queue kept", "that messages are durable");
    if (durable) {
      Consumer keeper = after.subscribe(topic, SubscriptionOptions.durable("keeper"));
      List<String> kept = Messages.takeTexts(keeper, 5);
      Check.equal(Messages.numbers(5), kept, "what the subscription kept", "its durability");
    }
  }

  @Scenario(
      id = "RECOV-23",
      title = "Senders and consumers work through a crash of the broker by themselves",
      intent = "A running system comes through without anybody's help.",
      needs = Capability.PERSISTENCE,
      controls = {BrokerControl.KILL, BrokerControl.RESTART},
      limitSeconds = 180)
  static void runningSystem(ScenarioContext t) {
    Queue queue = t.oldQueue();
    Ledger ledger = new Ledger();
    Connection consuming = t.connect();
    consuming.createConsumer(
        queue,
        io.anymq.ConsumerOptions.builder().concurrency(2).prefetch(20).build(),
        ledger::received);
    Connection sending = t.connect(o -> o.option("send-timeout", LONGER_THAN_A_RESTART));
    t.onClose(t.broker()::ensureUp);
    Future<Long> upAt =
        t.inThread(
            () -> {
              Check.eventually(
                  () -> ledger.arrivals() > 20, "arrivals", ledger::arrivals, "the consumer");
              t.broker().kill();
              t.broker().restart();
              return System.nanoTime();
            });
    int sentAfter = 0;
    while (sentAfter < 50) {
      sentAfter += upAt.isDone() ? 1 : 0;
      Message message = ledger.next("key", 50);
      awaitConfirmed(sending.sendAsync(queue, message), upAt);
      ledger.confirmed(message);
    }
    Check.completes(upAt, "the crash", "the scenario");
    Check.eventually(
        Duration.ofSeconds(60),
        ledger::complete,
        "every confirmed message to arrive",
        ledger::reconcile,
        "what is made again after a crash");
    LedgerCheck.nothingLost(ledger.reconcile());
  }

  /** However long the broker is away; but not much longer than that. */
  private static void awaitConfirmed(CompletableFuture<?> sent, Future<Long> upAt) {
    long begun = System.nanoTime();
    Check.eventually(
        Duration.ofMinutes(3),
        () -> sent.isDone() || sinceItIsUp(begun, upAt) > BACK_AT_WORK.toNanos(),
        "a send to end",
        () -> "one that does not",
        "what becomes of sends while the link is made again");
    String check = "what becomes of the first sends to a broker that has just started";
    String expected =
        "a send to be confirmed within %d s of the moment that the broker answers again"
            .formatted(BACK_AT_WORK.toSeconds());
    Check.that(sent.isDone(), expected, "nothing", check);
    Check.completes(sent, "a send that meets a crash", check);
  }

  private static long sinceItIsUp(long begun, Future<Long> upAt) {
    if (!upAt.isDone()) {
      return 0;
    }
    long up = Check.completes(upAt, "the crash", "the scenario");
    return System.nanoTime() - Math.max(begun, up);
  }

  private static void send(Connection connection, Queue queue, Ledger ledger, int count) {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Message message = ledger.next("key", 50);
      sent.add(ledger.track(message, connection.sendAsync(queue, message)));
    }
    sent.forEach(each -> completes(each, "every send"));
  }

  /** A crash may take longer to get over than calm weather allows. */
  private static void completes(CompletableFuture<?> future, String what) {
    Check.eventually(
        Duration.ofSeconds(60),
        future::isDone,
        what + " to complete",
        () -> "one that does not",
        "what becomes of unconfirmed sends when the link is lost");
  }

  private static void drain(ScenarioContext t, Queue queue, Ledger ledger) {
    Connection connection = t.connect();
    Consumer consumer = connection.createConsumer(queue);
    while (!ledger.complete()) {
      Delivery next = take(consumer, ledger);
      ledger.received(next);
      next.accept();
    }
    takeTheRest(connection, queue, consumer, ledger);
  }

  /** What comes once more, up to a message that is sent behind all others. */
  private static void takeTheRest(
      Connection connection, Queue queue, Consumer consumer, Ledger ledger) {
    Message last = connection.send(queue, Message.text("last"));
    Delivery next = take(consumer, ledger);
    while (!next.message().id().equals(last.id())) {
      ledger.received(next);
      next.accept();
      next = take(consumer, ledger);
    }
    next.accept();
  }

  private static Delivery take(Consumer consumer, Ledger ledger) {
    Duration limit = Duration.ofSeconds(40);
    return consumer
        .receive(limit)
        .orElseThrow(
            () ->
                Check.failure(
                    "every confirmed message to arrive",
                    "nothing for " + limit.toSeconds() + " s; " + ledger.reconcile(),
                    "when a send is confirmed, and what is made again after a crash"));
  }
}
