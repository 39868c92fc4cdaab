package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.tck.NativeClient;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.List;

/** BROWSE: looking at a queue's messages without taking them. */
final class BrowseScenarios {

  private static final String CHECK = "what a browser sees, and that it leaves no trace";

  private BrowseScenarios() {}

  private static List<String> look(Connection connection, Queue queue) {
    List<String> seen = new ArrayList<>();
    try (QueueBrowser browser = connection.createBrowser(queue)) {
      browser.forEachRemaining(message -> seen.add(message.text()));
    }
    return seen;
  }

  @Scenario(
      id = "BROWSE-01",
      title = "A browser sees all that waits, in order, and comes to an end",
      intent = "Looking is finite, however long the queue.",
      needs = Capability.BROWSE)
  static void allInOrder(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 500);
    Check.equal(Messages.numbers(500), look(connection, queue), "what the browser sees", CHECK);
  }

  @Scenario(
      id = "BROWSE-02",
      title = "A browser of an empty queue sees nothing",
      intent = "Nothing is no reason to wait.",
      needs = Capability.BROWSE)
  static void empty(ScenarioContext t) {
    Check.equal(List.of(), look(t.connect(), t.queue()), "what the browser sees", CHECK);
  }

  @Scenario(
      id = "BROWSE-03",
      title = "A browser of a missing queue is refused, and makes none",
      intent = "Looking creates nothing.",
      needs = Capability.BROWSE)
  static void missing(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    Check.refused(
        DestinationNotFoundException.class,
        () -> look(connection, queue),
        "a browser of a missing queue",
        CHECK);
    Check.that(!connection.exists(queue), "no queue", queue, CHECK);
  }

  @Scenario(
      id = "BROWSE-04",
      title = "Looking leaves no trace",
      intent = "No mark, no count, no other order, no other depth.",
      needs = {Capability.BROWSE, Capability.QUEUE_DEPTH})
  static void noTrace(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 5);
    for (int i = 0; i < 12; i++) {
      Check.equal(5, look(connection, queue).size(), "what the browser sees", CHECK);
    }
    Check.equal(5L, connection.depth(queue).atRest(), "the depth", CHECK);
    for (Delivery delivery : Messages.take(connection.createConsumer(queue), 5)) {
      Check.that(!delivery.redelivered(), "no mark of a redelivery", delivery, CHECK);
      Check.equal(1, delivery.deliveryCount(), "the delivery count", CHECK);
    }
  }

  @Scenario(
      id = "BROWSE-05",
      title = "A browser sees the whole message",
      intent = "What is looked at is what would be received.",
      needs = Capability.BROWSE)
  static void wholeMessage(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message sent = connection.send(queue, Fidelity.prompt(t));
    try (QueueBrowser browser = connection.createBrowser(queue)) {
      List<String> differences = FieldDiff.of(sent, browser.next());
      Check.that(differences.isEmpty(), "every field as it was sent", differences, CHECK);
    }
  }

  @Scenario(
      id = "BROWSE-06",
      title = "A browser may be closed in the middle",
      intent = "Who has seen enough goes, and takes nothing along.",
      needs = Capability.BROWSE)
  static void closedInTheMiddle(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 50);
    try (QueueBrowser browser = connection.createBrowser(queue)) {
      Check.equal("0", browser.next().text(), "the first that the browser sees", CHECK);
    }
    Check.equal(
        Messages.numbers(50),
        Messages.takeTexts(connection.createConsumer(queue), 50),
        "what is there after it",
        CHECK);
  }

  @Scenario(
      id = "BROWSE-07",
      title = "A browser does not see what was accepted",
      intent = "What is done is not shown as waiting.",
      needs = Capability.BROWSE)
  static void acceptedIsGone(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 4);
    try (Consumer consumer = connection.createConsumer(queue, Messages.manual(2))) {
      List<Delivery> two = Messages.take(consumer, 2);
      two.get(1).accept();
      two.get(0).release();
    }
    Check.eventually(
        () -> look(connection, queue).equals(List.of("0", "2", "3")),
        "0, 2 and 3 for the browser",
        () -> look(connection, queue),
        CHECK);
  }

  @Scenario(
      id = "BROWSE-08",
      title = "A browser shows nothing that a consumer would bury",
      intent = "A foreign message that cannot be decoded is nobody's message.",
      needs = Capability.BROWSE)
  static void undecodableIsLeftOut(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    NativeClient client = t.nativeClient();
    Connection connection = t.connect();
    client.writeUndecodable(queue);
    connection.send(queue, Message.text("good"));
    client.writeUndecodable(queue);
    Check.equal(List.of("good"), look(connection, queue), "what the browser sees", CHECK);
  }
}
