package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** TX: sessions, their end, and their use by threads. */
final class SessionScenarios {

  private SessionScenarios() {}

  @Scenario(
      id = "TX-06",
      title = "Closing a session rolls back",
      intent = "What nobody committed did not happen.",
      needs = Capability.TRANSACTIONS)
  static void closeRollsBack(ScenarioContext t) {
    Queue in = t.queue();
    Queue out = t.queue();
    Connection connection = t.connect();
    Messages.send(connection, in, "a");
    Session session = connection.createSession();
    session.createProducer(out).send("dropped");
    Messages.take(session.createConsumer(in));
    session.close();
    session.close();
    Messages.empty(t, out, "of a session that was closed", TransactionScenarios.HELD_BACK);
    Delivery again = Messages.take(connection.createConsumer(in));
    Check.that(
        again.redelivered(), "redelivered() to be true", "false", TransactionScenarios.SETTLED);
  }

  @Scenario(
      id = "TX-07",
      title = "Closing the connection rolls back",
      intent = "A unit does not outlive its connection.",
      needs = Capability.TRANSACTIONS)
  static void connectionCloses(ScenarioContext t) {
    Queue in = t.queue();
    Queue out = t.queue();
    Connection connection = t.connect();
    Messages.send(connection, in, "a");
    Session session = connection.createSession();
    session.createProducer(out).send("dropped");
    Messages.take(session.createConsumer(in));
    connection.close();
    Check.refused(ClosedException.class, session::commit, "commit after close", "the session");
    Messages.empty(t, out, "of a unit whose connection was closed", TransactionScenarios.HELD_BACK);
    Check.equal(
        "a",
        Messages.takeText(t.connect().createConsumer(in)),
        "what comes back",
        TransactionScenarios.SETTLED);
  }

  @Scenario(
      id = "TX-08",
      title = "A session's send returns at once, its future completes with the commit",
      intent = "A confirmation is never given before its time.",
      needs = Capability.TRANSACTIONS)
  static void futures(ScenarioContext t) {
    Session session = t.connect().createSession();
    Producer producer = session.createProducer(t.queue());
    CompletableFuture<Message> committed = producer.sendAsync(Message.text("a"));
    Check.that(
        !committed.isDone(),
        "an open future before commit",
        "a done one",
        TransactionScenarios.HELD_BACK);
    session.commit();
    Check.completes(committed, "the future after commit", "what commit completes");
    CompletableFuture<Message> dropped = producer.sendAsync(Message.text("b"));
    session.rollback();
    Check.refused(
        () -> Check.outcome(dropped),
        "the future after rollback",
        "what rollback does to futures",
        ErrorCode.ROLLED_BACK);
  }

  @Scenario(
      id = "TX-11",
      title = "A session is for one thread at a time",
      intent = "Two threads in one unit would each commit the other's half.",
      needs = Capability.TRANSACTIONS)
  static void oneThread(ScenarioContext t) {
    Session session = t.connect().createSession();
    Consumer consumer = session.createConsumer(t.queue());
    AtomicBoolean refused = new AtomicBoolean();
    Future<Boolean> receiving = t.inThread(() -> receiveUntil(consumer, refused));
    Check.eventually(
        () -> refusesCommit(session),
        "commit to be refused with ILLEGAL_USE while another thread receives",
        () -> "that it was done",
        "the check for two threads in a session");
    refused.set(true);
    Check.completes(receiving, "the other thread", "what the refusal breaks");
    session.commit();
  }

  @Scenario(
      id = "TX-12",
      title = "A unit that is rolled back again and again ends in the dead-letter queue",
      intent = "The redelivery limit holds in sessions too.",
      needs = {Capability.TRANSACTIONS, Capability.DEAD_LETTER})
  static void poison(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.send(connection, queue, "poison");
    Session session = connection.createSession();
    ConsumerOptions options = Messages.prompt().maxDeliveries(3).build();
    Consumer consumer = session.createConsumer(queue, options);
    for (int i = 0; i < 3; i++) {
      Messages.take(consumer);
      session.rollback();
    }
    String dead = Messages.takeText(connection.createConsumer(queue.deadLetterQueue()));
    Check.equal("poison", dead, "the dead letter", "the redelivery limit in sessions");
    Messages.marker(connection, queue, consumer, "after three tries", "the limit in sessions");
  }

  @Scenario(
      id = "TX-14",
      title = "A message that cannot be sent is refused before the commit",
      intent = "A unit fails on the line that is wrong, and the rest of it stands.",
      needs = Capability.TRANSACTIONS)
  static void refusedEarly(ScenarioContext t) {
    Queue queue = t.queue();
    Session session = t.connect(o -> o.option("max-message-bytes", "100")).createSession();
    Producer producer = session.createProducer(queue);
    producer.send("before");
    Check.refused(
        MessageTooLargeException.class,
        () -> producer.send(Message.bytes(new byte[101])),
        "a send that is too large",
        "that a session checks messages when they are sent");
    session.commit();
    String text = Messages.takeText(t.connect().createConsumer(queue));
    Check.equal("before", text, "what was committed", "what a refusal does to the unit");
  }

  /** Receives again and again: it may itself be the one that is refused, while a commit runs. */
  private static void receiveUntil(Consumer consumer, AtomicBoolean done) {
    while (!done.get()) {
      try {
        Optional<Delivery> unused = consumer.receive(Duration.ofMillis(200));
      } catch (MessagingException e) {
        Check.equal(
            ErrorCode.ILLEGAL_USE, e.code(), "the refusal of the other thread", "the guard");
      }
    }
  }

  private static boolean refusesCommit(Session session) {
    try {
      session.commit();
      return false;
    } catch (MessagingException e) {
      return e.code() == ErrorCode.ILLEGAL_USE;
    }
  }
}
