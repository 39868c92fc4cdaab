package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.util.List;

/** DEST: declaring, deleting, looking for and emptying destinations. */
final class DestinationScenarios {

  private DestinationScenarios() {}

  @Scenario(
      id = "DEST-01",
      title = "declare makes a destination; again it changes nothing",
      intent = "Every program can declare what it needs when it starts.")
  static void declare(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    connection.declare(queue);
    Messages.send(connection, queue, "kept");
    connection.declare(queue);
    t.connect().declare(queue, QueueOptions.DEFAULT);
    String text = Messages.takeText(connection.createConsumer(queue));
    Check.equal("kept", text, "the message after declaring again", "that declare is idempotent");
  }

  @Scenario(
      id = "DEST-02",
      title = "delete removes a queue with its messages",
      intent = "A queue that is made again begins empty.")
  static void delete(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 3);
    connection.delete(queue);
    Check.that(!connection.exists(queue), "the queue to be gone", "that it exists", "delete");
    connection.declare(queue);
    Messages.empty(t, queue, "after delete and declare", "what delete leaves behind");
  }

  @Scenario(
      id = "DEST-03",
      title = "Deleting what does not exist is no failure",
      intent = "Clearing up can be done twice.")
  static void deleteMissing(ScenarioContext t) {
    Connection connection = t.connect();
    connection.delete(t.newQueue());
    connection.delete(t.newTopic());
    Topic topic = t.topic();
    connection.delete(topic);
    connection.delete(topic);
    Check.that(!connection.exists(topic), "the topic to be gone", "that it exists", "delete");
  }

  @Scenario(
      id = "DEST-04",
      title = "exists tells, and makes nothing",
      intent = "Looking is passive.")
  static void exists(ScenarioContext t) {
    Connection connection = t.connect();
    for (Destination destination : List.of(t.newQueue(), t.newTopic())) {
      for (int i = 0; i < 2; i++) {
        Check.that(
            !connection.exists(destination),
            destination + " to be missing",
            "that it exists",
            "that exists() declares nothing");
      }
      connection.declare(destination);
      Check.that(connection.exists(destination), destination + " to exist", "no", "declare");
      Check.that(t.connect().exists(destination), "others to see it", "no", "exists()");
    }
  }

  @Scenario(
      id = "DEST-05",
      title = "Deleting a queue leaves the topic of its name, and the other way round",
      intent = "The two name spaces are managed apart.")
  static void deleteNamesake(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Topic topic = Topic.of(queue.name());
    t.adopt(topic);
    Check.that(!connection.exists(topic), "no topic of a queue's name", "one", "exists(topic)");
    connection.declare(topic);
    Messages.send(connection, queue, "kept");
    connection.delete(topic);
    Check.that(connection.exists(queue), "the queue to stay", "that it is gone", "delete(topic)");
    Check.equal(
        "kept", Messages.takeText(connection.createConsumer(queue)), "its message", "delete");
  }

  @Scenario(
      id = "DEST-06",
      title = "purge empties a queue",
      intent = "Operators can throw away a backlog, and the queue goes on.",
      needs = Capability.PURGE)
  static void purge(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 20);
    connection.purge(queue);
    Messages.send(connection, queue, "after");
    Consumer consumer = connection.createConsumer(queue);
    Check.equal("after", Messages.takeText(consumer), "the first message after purge", "purge");
  }

  @Scenario(
      id = "DEST-07",
      title = "purge leaves what consumers hold",
      intent = "Work that has begun is finished.",
      needs = Capability.PURGE)
  static void purgeLeavesHeld(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 5);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
    Delivery held = Messages.take(consumer);
    connection.purge(queue);
    held.release();
    Delivery again = Messages.take(consumer);
    Check.equal("0", again.message().text(), "the message that was held", "what purge removes");
    again.accept();
    Messages.marker(connection, queue, consumer, "as the rest was purged", "what purge removes");
  }

  @Scenario(
      id = "DEST-08",
      title = "purge of a missing queue is refused",
      intent = "A mistyped name is not an empty queue.",
      needs = Capability.PURGE)
  static void purgeMissing(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    Check.refused(
        DestinationNotFoundException.class,
        () -> connection.purge(queue),
        "purge of a missing queue",
        "that purge declares nothing");
    Check.that(!connection.exists(queue), "the queue not to be made", "that it exists", "purge");
  }

  @Scenario(
      id = "DEST-09",
      title = "A destination that was deleted can be made and used again at once",
      intent = "Tests and deployments need not wait.")
  static void recreate(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    for (int i = 0; i < 3; i++) {
      connection.declare(queue);
      Messages.send(connection, queue, "round " + i);
      try (Consumer consumer = connection.createConsumer(queue)) {
        Check.equal("round " + i, Messages.takeText(consumer), "the message", "delete, declare");
      }
      connection.delete(queue);
    }
  }
}
