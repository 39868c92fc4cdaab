package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;

/** TEMP: temporary queues. */
final class TemporaryScenarios {

  private static final String CHECK =
      "to what a temporary queue belongs, and what is done when it is gone";

  private TemporaryScenarios() {}

  @Scenario(
      id = "TEMP-01",
      title = "Two temporary queues are two",
      intent = "Each has a name that nobody else has.",
      needs = Capability.TEMPORARY_QUEUES)
  static void distinct(ScenarioContext t) {
    Connection connection = t.connect();
    Queue first = connection.createTemporaryQueue();
    Queue second = connection.createTemporaryQueue();
    Check.that(!first.equals(second), "two names", first, CHECK);
    Messages.send(connection, first, "a");
    Messages.marker(
        connection, second, connection.createConsumer(second), "of another one's", CHECK);
    Check.equal("a", Messages.takeText(connection.createConsumer(first)), "the message", CHECK);
  }

  @Scenario(
      id = "TEMP-02",
      title = "Only the connection that made a temporary queue consumes it",
      intent = "Replies go to those who asked.",
      needs = Capability.TEMPORARY_QUEUES)
  static void ownerConsumes(ScenarioContext t) {
    Connection owner = t.connect();
    Queue queue = owner.createTemporaryQueue();
    Connection other = t.connect();
    Check.refused(
        () -> other.createConsumer(queue),
        "a consumer of another connection's temporary queue",
        CHECK,
        ErrorCode.ILLEGAL_USE);
    Messages.send(other, queue, "a");
    Check.equal("a", Messages.takeText(owner.createConsumer(queue)), "the message", CHECK);
  }

  @Scenario(
      id = "TEMP-03",
      title = "A temporary queue outlives its consumers",
      intent = "It belongs to the connection.",
      needs = Capability.TEMPORARY_QUEUES)
  static void outlivesConsumers(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = connection.createTemporaryQueue();
    Messages.send(connection, queue, "a", "b");
    try (Consumer consumer = connection.createConsumer(queue, Messages.manual(1))) {
      Messages.take(consumer).accept();
    }
    Check.equal("b", Messages.takeText(connection.createConsumer(queue)), "the message", CHECK);
  }

  @Scenario(
      id = "TEMP-04",
      title = "A temporary queue can be deleted before its connection closes",
      intent = "Who is done clears up.",
      needs = Capability.TEMPORARY_QUEUES)
  static void deleted(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = connection.createTemporaryQueue();
    Check.that(connection.exists(queue), "the temporary queue", "none", CHECK);
    connection.delete(queue);
    Check.that(!connection.exists(queue), "no temporary queue", queue, CHECK);
  }

  @Scenario(
      id = "TEMP-05",
      title = "A send to a temporary queue that is gone is refused, and makes nothing",
      intent = "Nobody collects what no one can ever consume.",
      needs = Capability.TEMPORARY_QUEUES)
  static void goneIsGone(ScenarioContext t) {
    Connection owner = t.connect();
    Queue queue = owner.createTemporaryQueue();
    Connection other = t.connect();
    Messages.send(other, queue, "a");
    owner.close();
    Check.eventually(() -> !other.exists(queue), "the queue to go", () -> queue, CHECK);
    Check.refused(
        DestinationNotFoundException.class,
        () -> Messages.send(other, queue, "b"),
        "a send to a temporary queue that is gone",
        CHECK);
    Check.that(!other.exists(queue), "no queue of that name", queue, CHECK);
  }

  @Scenario(
      id = "TEMP-06",
      title = "A temporary queue is there again after an outage, with its consumer",
      intent = "Recovery makes everything again.",
      needs = Capability.TEMPORARY_QUEUES,
      controls = BrokerControl.CUT_NETWORK)
  static void outage(ScenarioContext t) {
    Outage outage = Outage.of(t);
    Queue queue = outage.connection().createTemporaryQueue();
    Consumer consumer = outage.connection().createConsumer(queue);
    outage.cut();
    outage.restore();
    Messages.send(outage.connection(), queue, "a");
    Check.equal("a", Messages.takeText(consumer), "the message after the outage", CHECK);
  }

  @Scenario(
      id = "TEMP-07",
      title = "A temporary queue has a depth",
      intent = "It is a queue like any other.",
      needs = {Capability.TEMPORARY_QUEUES, Capability.QUEUE_DEPTH})
  static void depth(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = connection.createTemporaryQueue();
    Messages.send(connection, queue, "a", "b");
    Check.equal(2L, connection.depth(queue).atRest(), "the depth", CHECK);
  }

  @Scenario(
      id = "TEMP-08",
      title = "A temporary queue has no dead-letter queue of its own",
      intent = "What goes with its connection leaves nothing behind.",
      needs = Capability.TEMPORARY_QUEUES)
  static void noDeadLetters(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = connection.createTemporaryQueue();
    Messages.send(connection, queue, "bad", "good");
    Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
    Messages.take(consumer).reject("bad");
    Check.equal("good", Messages.takeText(consumer), "the next message", CHECK);
    Check.that(!connection.exists(queue.deadLetterQueue()), "no dead-letter queue", queue, CHECK);
  }

  @Scenario(
      id = "TEMP-09",
      title = "A delayed send to a temporary queue that is gone is refused, too",
      intent = "Nothing is confirmed that can never arrive.",
      needs = {Capability.TEMPORARY_QUEUES, Capability.DELIVERY_DELAY})
  static void delayedToGone(ScenarioContext t) {
    Connection owner = t.connect();
    Queue queue = owner.createTemporaryQueue();
    Connection other = t.connect();
    Messages.send(other, queue, "a");
    owner.close();
    Check.eventually(() -> !other.exists(queue), "the queue to go", () -> queue, CHECK);
    Message late = Message.builder().text("late").deliveryDelay(Duration.ofMillis(200)).build();
    Check.refused(
        DestinationNotFoundException.class,
        () -> other.send(queue, late),
        "a delayed send to a temporary queue that is gone",
        CHECK);
    Check.that(!other.exists(queue), "no queue of that name", queue, CHECK);
  }
}
