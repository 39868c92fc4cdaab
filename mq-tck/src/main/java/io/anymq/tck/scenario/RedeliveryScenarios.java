package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** RDLV: redelivery and dead letters. */
final class RedeliveryScenarios {

  private static final String LIMIT = "where deliveries are counted and the limit is applied";

  private RedeliveryScenarios() {}

  @Scenario(
      id = "RDLV-01",
      title = "By default a message is delivered ten times at most",
      intent = "A poison message ends by itself, without anybody having thought of it.",
      needs = Capability.DEAD_LETTER)
  static void defaultLimit(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "poison");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    List<Integer> counts = releaseUntilGone(consumer, ConsumerOptions.DEFAULT_MAX_DELIVERIES);
    Check.equal(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), counts, "the delivery counts", LIMIT);
    deadLetter(connection, queue, DeadLetter.Reason.DELIVERY_LIMIT, 10);
    Messages.marker(connection, queue, consumer, "after the tenth delivery", LIMIT);
  }

  @Scenario(
      id = "RDLV-02",
      title = "The limit is what the options say",
      intent = "Three means three deliveries, on every backend.",
      needs = Capability.DEAD_LETTER)
  static void ownLimit(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "poison");
    Consumer consumer =
        connection.createConsumer(queue, Messages.manual().maxDeliveries(3).build());
    Check.equal(List.of(1, 2, 3), releaseUntilGone(consumer, 3), "the delivery counts", LIMIT);
    deadLetter(connection, queue, DeadLetter.Reason.DELIVERY_LIMIT, 3);
    Messages.marker(connection, queue, consumer, "after the third delivery", LIMIT);
  }

  @Scenario(
      id = "RDLV-03",
      title = "A limit of one allows no second delivery",
      intent = "Handlers that must not run twice can say so.",
      needs = Capability.DEAD_LETTER)
  static void once(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "poison");
    Consumer consumer =
        connection.createConsumer(queue, Messages.manual().maxDeliveries(1).build());
    Messages.take(consumer).release();
    deadLetter(connection, queue, DeadLetter.Reason.DELIVERY_LIMIT, 1);
    Messages.marker(connection, queue, consumer, "after the one delivery", LIMIT);
  }

  @Scenario(
      id = "RDLV-04",
      title = "A dead letter keeps the handler's last error",
      intent = "Who finds it sees what went wrong.",
      needs = Capability.DEAD_LETTER)
  static void error(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    connection.createConsumer(
        queue,
        Messages.prompt().maxDeliveries(2).build(),
        delivery -> {
          throw new IllegalStateException("no stock of part 17");
        });
    Messages.send(connection, queue, "poison");
    DeadLetter why = deadLetter(connection, queue, DeadLetter.Reason.DELIVERY_LIMIT, 2);
    String error = String.valueOf(why.error());
    Check.that(
        error.contains("no stock of part 17"),
        "the exception's message in the dead letter's error",
        error,
        "what is kept of a listener's exception");
  }

  @Scenario(
      id = "RDLV-05",
      title = "A poison message does not hold up the others",
      intent = "Redelivery goes on beside the work, not in front of it.",
      needs = Capability.DEAD_LETTER)
  static void othersGoOn(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Set<String> handled = Collections.synchronizedSet(new TreeSet<>());
    connection.createConsumer(
        queue,
        Messages.prompt().maxDeliveries(5).build(),
        delivery -> {
          if (delivery.message().text().equals("3")) {
            throw new IllegalStateException("poison");
          }
          handled.add(delivery.message().text());
        });
    Messages.sendNumbers(connection, queue, 10);
    Check.eventually(() -> handled.size() >= 9, "9 others", () -> handled, "how release works");
    deadLetter(connection, queue, DeadLetter.Reason.DELIVERY_LIMIT, 5);
    Check.equal(9, handled.size(), "the number of others", "what became of them");
  }

  @Scenario(
      id = "RDLV-06",
      title = "The delivery count outlives the consumer",
      intent = "A message that kills its handler does not start again at one.",
      needs = Capability.DELIVERY_COUNT)
  static void countOutlives(ScenarioContext t) {
    Queue queue = t.queue();
    Messages.send(t.connect(), queue, "a");
    List<Integer> counts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Connection connection = t.connect();
      Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
      counts.add(Messages.take(consumer).deliveryCount());
      connection.close();
    }
    Check.equal(List.of(1, 2, 3), counts, "the counts of three consumers", "the native count");
  }

  @Scenario(
      id = "RDLV-07",
      title = "The limit holds across consumers",
      intent = "A message that kills every handler is dead-lettered in the end.",
      needs = {Capability.DELIVERY_COUNT, Capability.DEAD_LETTER})
  static void limitAcrossConsumers(ScenarioContext t) {
    limitAcrossConsumers(t, t.queue());
  }

  @Scenario(
      id = "RDLV-52",
      title = "The limit holds across consumers of a prioritized and of a bounded queue",
      intent = "Another kind of queue is no way around the limit.",
      needs = {Capability.DELIVERY_COUNT, Capability.DEAD_LETTER})
  static void limitOfKinds(ScenarioContext t) {
    if (t.supports(Capability.PRIORITY)) {
      limitAcrossConsumers(t, declared(t, QueueOptions.builder().prioritized(true)));
    }
    if (t.supports(Capability.BOUNDED_QUEUES)) {
      limitAcrossConsumers(t, declared(t, QueueOptions.builder().maxLength(10)));
    }
  }

  private static Queue declared(ScenarioContext t, QueueOptions.Builder options) {
    Queue queue = t.newQueue();
    t.observer().declare(queue, options.build());
    return queue;
  }

  private static void limitAcrossConsumers(ScenarioContext t, Queue queue) {
    Messages.send(t.connect(), queue, "poison");
    ConsumerOptions options = Messages.manual().prefetch(1).maxDeliveries(2).build();
    for (int i = 0; i < 2; i++) {
      Connection connection = t.connect();
      Messages.take(connection.createConsumer(queue, options));
      connection.close();
    }
    BlockingQueue<Delivery> handled = new LinkedBlockingQueue<>();
    Connection connection = t.connect();
    connection.createConsumer(queue, options, handled::add);
    deadLetter(connection, queue, DeadLetter.Reason.DELIVERY_LIMIT, 2);
    Check.that(handled.isEmpty(), "no third delivery from " + queue, handled, LIMIT);
  }

  @Scenario(
      id = "RDLV-08",
      title = "The dead-letter queue is a queue like any other",
      intent = "Dead letters can be counted, read, mended and sent back.",
      needs = Capability.DEAD_LETTER)
  static void ordinaryQueue(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "bad");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer).reject("look");
    Consumer morgue = connection.createConsumer(queue.deadLetterQueue(), Messages.MANUAL);
    Delivery dead = Messages.take(morgue);
    connection.send(queue, dead.message());
    dead.accept();
    Delivery again = Messages.take(consumer);
    Check.equal("bad", again.message().text(), "the message that was sent back", "its fields");
    Check.equal(1, again.deliveryCount(), "its count", "that a new send begins a new count");
    again.accept();
    Messages.marker(
        connection,
        queue.deadLetterQueue(),
        morgue,
        "after the dead letter was accepted",
        "the dead-letter queue");
  }

  @Scenario(
      id = "RDLV-09",
      title = "Many poison messages all end in the dead-letter queue",
      intent = "No dead letter is lost on its way, and none is doubled, in calm weather.",
      needs = Capability.DEAD_LETTER)
  static void many(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    connection.createConsumer(
        queue,
        Messages.prompt().maxDeliveries(2).concurrency(2).build(),
        delivery -> {
          throw new IllegalStateException("always");
        });
    Messages.sendNumbers(connection, queue, 30);
    Consumer morgue = connection.createConsumer(queue.deadLetterQueue());
    Set<Integer> dead = new TreeSet<>();
    Messages.take(morgue, 30).forEach(each -> dead.add(Integer.valueOf(each.message().text())));
    Check.equal(30, dead.size(), "the number of different dead letters", LIMIT);
    Messages.marker(
        connection,
        queue.deadLetterQueue(),
        morgue,
        "behind 30 dead letters",
        "that a dead letter is accepted once");
  }

  @Scenario(
      id = "RDLV-10",
      title = "A released message can go to another consumer",
      intent = "One that cannot handle it now does not keep it.")
  static void anotherConsumer(ScenarioContext t) {
    Queue queue = t.queue();
    Connection first = t.connect();
    Messages.send(first, queue, "a");
    Consumer tired = first.createConsumer(queue, Messages.manual(1));
    Messages.take(tired).release();
    tired.close();
    BlockingQueue<Delivery> got = new LinkedBlockingQueue<>();
    t.connect().createConsumer(queue, ConsumerOptions.DEFAULT, got::add);
    Check.eventually(() -> !got.isEmpty(), "the message", () -> got, "what close gives back");
    Check.that(got.element().redelivered(), "redelivered()", "false", "the redelivered flag");
  }

  private static List<Integer> releaseUntilGone(Consumer consumer, int limit) {
    List<Integer> counts = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      Delivery delivery = Messages.take(consumer);
      counts.add(delivery.deliveryCount());
      Check.that(
          delivery.redelivered() == i > 0,
          "redelivered() to be " + (i > 0) + " at delivery " + (i + 1),
          delivery.redelivered(),
          "the redelivered flag");
      delivery.release();
    }
    return counts;
  }

  private static DeadLetter deadLetter(
      Connection connection, Queue source, DeadLetter.Reason reason, int count) {
    try (Consumer morgue = connection.createConsumer(source.deadLetterQueue())) {
      Message message = Messages.take(morgue).message();
      DeadLetter why =
          DeadLetter.of(message)
              .orElseThrow(() -> Check.failure("a reason in the dead letter", "none", LIMIT));
      Check.equal(reason, why.reason(), "the reason", LIMIT);
      Check.that(
          why.deliveryCount() >= count && why.deliveryCount() <= count + 1,
          "a dead letter's count of " + count + ", or one more where it had come again",
          why.deliveryCount(),
          LIMIT);
      Check.equal(source.toString(), why.source(), "the dead letter's source", LIMIT);
      return why;
    }
  }
}
