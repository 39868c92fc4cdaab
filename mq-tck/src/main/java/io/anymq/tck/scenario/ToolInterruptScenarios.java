package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.Session;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** LIFE: interrupts of what a program does besides sending and receiving. */
final class ToolInterruptScenarios {

  /** As many as there are interrupted calls. */
  private static final int ROUNDS = 16;

  private static final int TO_FLUSH = 20;

  private static final ConsumerOptions HOLDING =
      Messages.manual().prefetch(1).maxDeliveries(1000).build();

  private ToolInterruptScenarios() {}

  @Scenario(
      id = "LIFE-90",
      title = "An interrupted deletion, browse, purge or unsubscribe disturbs nobody",
      intent = "Housekeeping that is given up is done, or can be done again.",
      limitSeconds = 120)
  static void housekeeping(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Connection connection = interruptions.connection();
    List<Queue> doomed = queues(t);
    interruptions.disturb("delete", round -> connection.delete(doomed.get(round)));
    doomed.forEach(connection::delete);
    doomed.forEach(
        queue ->
            Check.that(!connection.exists(queue), "a deleted queue to be gone", queue, "delete"));
    Queue kept = t.queue();
    Messages.sendNumbers(connection, kept, ROUNDS);
    if (t.supports(Capability.BROWSE)) {
      interruptions.disturb("browse", round -> look(connection, kept));
    }
    Check.equal(Messages.numbers(ROUNDS), Messages.drain(connection, kept), "the queue", "browse");
    if (t.supports(Capability.PURGE)) {
      Messages.sendNumbers(connection, kept, ROUNDS);
      interruptions.disturb("purge", round -> connection.purge(kept));
      connection.purge(kept);
      Messages.empty(t, kept, "after it was purged", "purge");
    }
    if (t.supports(Capability.TEMPORARY_QUEUES)) {
      interruptions.disturb("createTemporaryQueue", round -> connection.createTemporaryQueue());
    }
    if (t.supports(Capability.DURABLE_SUBSCRIPTIONS)) {
      unsubscribe(t, interruptions);
    }
  }

  private static void look(Connection connection, Queue queue) {
    try (QueueBrowser browser = connection.createBrowser(queue)) {
      browser.forEachRemaining(message -> {});
    }
  }

  private static void unsubscribe(ScenarioContext t, Interruptions interruptions) {
    Connection connection = interruptions.connection();
    Topic topic = t.topic();
    List<String> names = IntStream.range(0, ROUNDS).mapToObj(i -> "d" + i).toList();
    for (String name : names) {
      t.removeAtEnd(topic, name);
      connection.subscribe(topic, Messages.manualDurable(name)).close();
    }
    interruptions.disturb("unsubscribe", round -> connection.unsubscribe(topic, names.get(round)));
    names.forEach(name -> connection.unsubscribe(topic, name));
  }

  @Scenario(
      id = "LIFE-91",
      title = "An interrupted flush, rollback or close of one object disturbs nobody",
      intent =
          "What an object held is free when it was closed, however the thread was told to stop.",
      limitSeconds = 120)
  static void closes(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Connection connection = interruptions.connection();
    Queue queue = t.queue();
    AtomicInteger sent = new AtomicInteger();
    try (Producer producer = connection.createProducer(queue)) {
      interruptions.disturb("flush", round -> sendAndFlush(producer, sent));
      producer.flush(Check.LIMIT);
    }
    int there = Messages.drain(connection, queue).size();
    Check.equal(sent.get(), there, "how many were sent and flushed", "flush");
    List<Queue> queues = queues(t);
    queues.forEach(each -> Messages.send(connection, each, "held"));
    List<Consumer> consumers = new ArrayList<>();
    queues.forEach(each -> consumers.add(holding(connection.createConsumer(each, HOLDING))));
    interruptions.disturb("the close of a consumer", round -> consumers.get(round).close());
    allAreFree(connection, queues, "the close of a consumer");
    if (t.supports(Capability.TRANSACTIONS)) {
      sessions(interruptions, queues);
    }
  }

  /** The flag is set again for the flush alone, which has something to wait for. */
  private static void sendAndFlush(Producer producer, AtomicInteger sent) {
    boolean interrupted = Thread.interrupted();
    for (int i = 0; i < TO_FLUSH; i++) {
      var unused = producer.sendAsync(Message.text("flushed"));
      sent.incrementAndGet();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    producer.flush(Check.LIMIT);
  }

  private static void sessions(Interruptions interruptions, List<Queue> queues) {
    Connection connection = interruptions.connection();
    List<Session> sessions = new ArrayList<>();
    for (Queue each : queues) {
      Messages.send(connection, each, "held");
      Session session = connection.createSession();
      Consumer unused = holding(session.createConsumer(each, HOLDING));
      session.createProducer(each).send("dropped");
      sessions.add(session);
    }
    interruptions.disturb("rollback", round -> sessions.get(round).rollback());
    interruptions.disturb("the close of a session", round -> sessions.get(round).close());
    allAreFree(connection, queues, "the rollback and close of a session");
  }

  private static List<Queue> queues(ScenarioContext t) {
    return IntStream.range(0, ROUNDS).mapToObj(i -> t.queue()).toList();
  }

  private static Consumer holding(Consumer consumer) {
    Delivery unused = Messages.take(consumer);
    return consumer;
  }

  private static void allAreFree(Connection connection, List<Queue> queues, String what) {
    for (Queue queue : queues) {
      try (Consumer consumer = connection.createConsumer(queue, HOLDING)) {
        Check.equal("held", Messages.takeText(consumer), "what is free after " + what, what);
        Messages.marker(connection, queue, consumer, "but what was held", what);
      }
    }
  }
}
