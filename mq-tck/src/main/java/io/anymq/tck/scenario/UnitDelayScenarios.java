package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.RedeliveryDelay;
import io.anymq.RolledBackException;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** TX from 18 on: whether and when what was rolled back comes again. */
final class UnitDelayScenarios {

  /** Longer than a redelivery without a pause takes on a busy machine. */
  private static final Duration PAUSE = Duration.ofMillis(1500);

  private static final String CHECK = "the delay with which a rollback gives its deliveries back";

  private static final String PARTS =
      "that a refusal of one part undoes the others, acceptances too";

  private UnitDelayScenarios() {}

  @Scenario(
      id = "TX-18",
      title = "What was rolled back comes again after the consumer's redelivery delay",
      intent = "A unit whose data base is down is not tried in a tight circle.",
      needs = {Capability.TRANSACTIONS, Capability.REDELIVERY_DELAY})
  static void rollbackWaits(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a", "b");
    try (Session session = connection.createSession()) {
      Consumer consumer = session.createConsumer(queue, delayedBy(PAUSE));
      Messages.take(consumer, 2);
      long rolledBackAt = System.nanoTime();
      session.rollback();
      for (Delivery again : Messages.take(consumer, 2)) {
        Duration waited = Duration.ofNanos(System.nanoTime() - rolledBackAt);
        Check.that(waited.compareTo(PAUSE) >= 0, "a wait of 1.5 s or more", waited, CHECK);
        Check.equal(2, again.deliveryCount(), "the delivery count", CHECK);
      }
      session.commit();
    }
    Messages.empty(t, queue, "after the second try was committed", CHECK);
  }

  @Scenario(
      id = "TX-19",
      title = "A session that closes gives its deliveries back at once",
      intent = "A program that is deployed anew leaves its work to the next one.",
      needs = {Capability.TRANSACTIONS, Capability.REDELIVERY_DELAY})
  static void closeDoesNotWait(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Session session = connection.createSession();
    Messages.take(session.createConsumer(queue, delayedBy(Duration.ofMinutes(10))));
    session.close();
    Delivery next = Messages.take(connection.createConsumer(queue));
    Check.that(next.redelivered(), "redelivered() to be true", "false", CHECK);
    next.accept();
  }

  @Scenario(
      id = "TX-20",
      title = "A unit that fails for two seconds buries nothing of its backlog",
      intent = "A short failure of a data base costs time, and no message.",
      needs = {Capability.TRANSACTIONS, Capability.REDELIVERY_DELAY, Capability.DEAD_LETTER},
      limitSeconds = 120)
  static void twoSeconds(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    int backlog = 100;
    Messages.sendNumbers(connection, queue, backlog);
    Set<String> done = new HashSet<>();
    try (Session session = connection.createSession()) {
      Consumer consumer = session.createConsumer(queue);
      long downSince = 0;
      while (done.size() < backlog) {
        Optional<Delivery> next = consumer.receive(Check.LIMIT);
        Check.that(
            next.isPresent(),
            "all %d, each in a unit of its own".formatted(backlog),
            done.size() + ", and then none in " + Check.LIMIT.toSeconds() + " s",
            CHECK);
        downSince = downSince == 0 ? System.nanoTime() : downSince;
        if (System.nanoTime() - downSince < Duration.ofSeconds(2).toNanos()) {
          session.rollback();
        } else {
          session.commit();
          done.add(next.orElseThrow().message().text());
        }
      }
    }
    Messages.empty(t, queue.deadLetterQueue(), "after a failure of two seconds", CHECK);
  }

  @Scenario(
      id = "TX-23",
      title =
          "A commit of which one send is refused does nothing, and what it received comes again",
      intent = "A unit that fails in its last part has failed in all.",
      needs = {Capability.ATOMIC_TRANSACTIONS, Capability.BOUNDED_QUEUES})
  static void refusedPart(ScenarioContext t) {
    Connection connection = t.connect();
    Queue in = t.queue();
    Queue free = t.queue();
    Queue full = t.newQueue();
    connection.declare(full, QueueOptions.builder().maxLength(1).build());
    Messages.send(connection, full, "fills");
    Messages.send(connection, in, "a");
    try (Session session = connection.createSession()) {
      Consumer consumer = session.createConsumer(in, Messages.prompt().build());
      Messages.take(consumer);
      CompletableFuture<Message> first = session.createProducer(free).sendAsync(Message.text("b"));
      CompletableFuture<Message> second = session.createProducer(full).sendAsync(Message.text("c"));
      Check.refused(
          RolledBackException.class,
          session::commit,
          "a commit with a send to a full queue",
          PARTS);
      for (CompletableFuture<Message> each : List.of(first, second)) {
        Check.refused(
            RolledBackException.class, () -> Check.outcome(each), "each send of the unit", PARTS);
      }
      Delivery again = Messages.take(consumer);
      Check.equal("a", again.message().text(), "what comes again", PARTS);
      Check.that(again.redelivered(), "redelivered() to be true", "false", PARTS);
      session.commit();
    }
    Messages.empty(t, free, "of a unit that was refused", PARTS);
    Check.equal("fills", Messages.takeText(connection.createConsumer(full)), "what fills", PARTS);
    Messages.empty(t, in, "after the second try was committed", PARTS);
  }

  private static ConsumerOptions delayedBy(Duration pause) {
    return ConsumerOptions.builder().redeliveryDelay(RedeliveryDelay.constant(pause)).build();
  }
}
