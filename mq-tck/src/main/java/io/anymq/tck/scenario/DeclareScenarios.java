package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.tck.Scenario;

/** DEST from 40 on: a queue that is declared otherwise than it is. */
final class DeclareScenarios {

  private static final String CHECK =
      "that declare compares what is asked for with what is there, and changes nothing";

  private DeclareScenarios() {}

  private static QueueOptions bounded(long length) {
    return QueueOptions.builder().maxLength(length).build();
  }

  private static QueueOptions prioritized() {
    return QueueOptions.builder().prioritized(true).build();
  }

  private static void refused(Connection connection, Queue queue, QueueOptions options) {
    InvalidOptionException refusal =
        Check.refused(
            InvalidOptionException.class,
            () -> connection.declare(queue, options),
            "declare with other options than the queue has",
            CHECK);
    String message = String.valueOf(refusal.getMessage());
    Check.that(
        message.contains(queue.describe()), "a message that names the queue", message, CHECK);
  }

  @Scenario(
      id = "DEST-40",
      title = "A queue with a maximum length is not declared with another one, or the other way",
      intent = "Two programs that mean different queues by one name are told.",
      needs = Capability.BOUNDED_QUEUES)
  static void otherLength(ScenarioContext t) {
    Connection connection = t.connect();
    Queue plain = t.queue();
    Queue two = t.newQueue();
    connection.declare(two, bounded(2));
    connection.declare(two, bounded(2));
    connection.declare(two);
    refused(connection, plain, bounded(2));
    refused(t.connect(), two, bounded(3));
    Messages.send(connection, two, "a", "b");
    Check.refused(
        QueueFullException.class,
        () -> connection.send(two, Message.text("one too many")),
        "a send to a queue whose length was not changed",
        CHECK);
    Messages.sendNumbers(connection, plain, 3);
    Check.equal(
        Messages.numbers(3),
        Messages.takeTexts(connection.createConsumer(plain), 3),
        "what a queue takes that has no maximum length",
        CHECK);
  }

  @Scenario(
      id = "DEST-41",
      title = "A queue without priorities is not declared with them, or the other way",
      intent = "Order is not given up, or asked for, in silence.",
      needs = Capability.PRIORITY)
  static void otherOrder(ScenarioContext t) {
    Connection connection = t.connect();
    Queue plain = t.queue();
    Queue urgent = t.newQueue();
    connection.declare(urgent, prioritized());
    connection.declare(urgent, prioritized());
    connection.declare(urgent);
    refused(t.connect(), plain, prioritized());
    if (t.supports(Capability.BOUNDED_QUEUES)) {
      refused(t.connect(), urgent, bounded(1_000));
    }
    for (int priority : new int[] {1, 8}) {
      Message message = Message.text("p" + priority).toBuilder().priority(priority).build();
      connection.send(plain, message);
      connection.send(urgent, message);
    }
    Check.equal("p1", first(connection, plain), "the first of a plain queue", CHECK);
    Check.equal("p8", first(connection, urgent), "the first of a prioritized one", CHECK);
  }

  private static String first(Connection connection, Queue queue) {
    return Messages.takeText(connection.createConsumer(queue, Messages.manual(1)));
  }
}
