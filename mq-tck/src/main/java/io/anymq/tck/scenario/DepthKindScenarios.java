package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** DEPTH: the depth of messages that are more than stored. */
final class DepthKindScenarios {

  private static final String COUNTING = "what the native number counts, and when it is taken";

  private DepthKindScenarios() {}

  @Scenario(
      id = "DEPTH-17",
      title = "What a session took counts again after its rollback",
      intent = "A unit of work that came to nothing leaves the number as it was.",
      needs = {Capability.QUEUE_DEPTH, Capability.TRANSACTIONS})
  static void rollback(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 4);
    try (Session session = connection.createSession()) {
      Consumer consumer = session.createConsumer(queue, Messages.manual(2));
      Messages.take(consumer, 2);
      session.rollback();
    }
    DepthScenarios.depth(t, queue, 4, "after a session took 2 of 4, rolled back and was closed");
    try (Session session = connection.createSession()) {
      Consumer consumer = session.createConsumer(queue, Messages.manual(2));
      Messages.take(consumer, 2);
      session.commit();
    }
    DepthScenarios.depth(t, queue, 2, "after a session committed 2 of 4");
  }

  @Scenario(
      id = "DEPTH-18",
      title = "An expired message is counted until somebody comes for it, at most",
      intent = "A queue that was drained is empty, whatever expired in it.",
      needs = {Capability.QUEUE_DEPTH, Capability.TIME_TO_LIVE})
  static void expired(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Duration life = Duration.ofMillis(200);
    Message dying =
        connection.send(queue, Message.text("dies").toBuilder().timeToLive(life).build());
    Messages.send(connection, queue, "lives");
    Instant expiry = dying.expiresAt().orElseThrow();
    Check.eventually(() -> Instant.now().isAfter(expiry), "time to pass", Instant::now, "clocks");
    long count = t.observer().depth(queue).atRest();
    Check.that(count == 1 || count == 2, "a depth of 1 or 2 before anybody came", count, COUNTING);
    try (Consumer consumer = connection.createConsumer(queue)) {
      Check.equal("lives", Messages.takeText(consumer), "the first message", "the expiry");
    }
    DepthScenarios.depth(t, queue, 0, "after the queue was drained");
  }

  @Scenario(
      id = "DEPTH-19",
      title = "A prioritized queue counts messages of every priority",
      intent = "However a queue is kept, it is one queue with one number.",
      needs = {Capability.QUEUE_DEPTH, Capability.PRIORITY})
  static void prioritized(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    connection.declare(queue, QueueOptions.builder().prioritized(true).build());
    for (int priority : List.of(0, 4, 9)) {
      connection.send(queue, Message.text("a").toBuilder().priority(priority).build());
    }
    DepthScenarios.depth(t, queue, 3, "after sends of the priorities 0, 4 and 9");
    try (Consumer consumer = connection.createConsumer(queue, Messages.manual(1))) {
      Messages.take(consumer).accept();
    }
    DepthScenarios.depth(t, queue, 2, "after one was accepted");
  }

  @Scenario(
      id = "DEPTH-40",
      title = "A program's own consumer does not hide messages from its depth",
      intent = "What a prefetch has taken is in flight, and no backend calls it gone.",
      needs = Capability.QUEUE_DEPTH)
  static void ownConsumer(ScenarioContext t) {
    Queue queue = t.queue();
    Connection connection = t.connect();
    Messages.sendNumbers(connection, queue, 3);
    Check.equal(3L, connection.depth(queue).atRest(), "the depth at rest", COUNTING);
    Consumer consumer = connection.createConsumer(queue);
    Messages.take(consumer, 1);
    DepthScenarios.numbers(t, queue, 0, 3, "with a consumer open that has prefetched 3");
    QueueDepth depth = connection.depth(queue);
    Check.that(
        depth.total().isEmpty()
            || depth.ready().isEmpty()
            || depth.inFlight().isEmpty()
            || depth.total().getAsLong()
                == depth.ready().getAsLong() + depth.inFlight().getAsLong(),
        "a total of what is ready and in flight",
        depth,
        COUNTING);
    consumer.close();
    DepthScenarios.depth(t, queue, 3, "after the consumer has gone");
  }
}
