package io.anymq.tck.scenario;

import static io.anymq.tck.scenario.SelectorTable.coloured;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** SEL from 14 on: consumers of queues that take a part of what is there. */
final class QueueSelectorScenarios {

  static final String CHECK =
      "whether the broker applies the selector, and leaves what it does not select as it is";

  private QueueSelectorScenarios() {}

  /** One that selects by colour, and settles by itself. */
  static Consumer taking(Connection connection, Queue queue, String colour, int prefetch) {
    ConsumerOptions options =
        Messages.manual().selector("colour = '" + colour + "'").prefetch(prefetch).build();
    return connection.createConsumer(queue, options);
  }

  /** Sends each; the letter before its number is its colour: {@code r}ed or {@code b}lue. */
  static void send(Connection connection, Queue queue, String... texts) {
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (String text : texts) {
      sent.add(connection.sendAsync(queue, message(text)));
    }
    sent.forEach(each -> Check.completes(each, "a send to " + queue, "the confirmations"));
  }

  static Message message(String text) {
    return coloured(text, text.startsWith("r") ? "red" : "blue");
  }

  static List<String> accept(Consumer consumer, int count) {
    List<Delivery> taken = Messages.take(consumer, count);
    taken.forEach(Delivery::accept);
    return Messages.texts(taken);
  }

  /** A consumer without a selector gets exactly these, none of them delivered before. */
  static void untouched(ScenarioContext t, Queue queue, List<String> expected) {
    Connection connection = t.connect();
    Messages.send(connection, queue, SelectorTable.LAST);
    try (Consumer all = connection.createConsumer(queue)) {
      List<Delivery> rest = Messages.take(all, expected.size());
      Check.equal(expected, Messages.texts(rest), "what was not selected", CHECK);
      for (Delivery each : rest) {
        boolean first = !each.redelivered() && each.deliveryCount() == 1;
        Check.that(first, "a first delivery of it", Messages.shown(each), CHECK);
      }
      Check.equal(SelectorTable.LAST, Messages.takeText(all), "what comes behind it", CHECK);
    }
    connection.close();
  }

  @Scenario(
      id = "SEL-14",
      title = "What is not selected stays in its place, unmarked and uncounted",
      intent = "Who takes a part leaves the rest as it was.",
      needs = Capability.QUEUE_SELECTORS)
  static void stays(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    send(connection, queue, "b0", "r1", "b2", "r3", "b4");
    try (Consumer red = taking(connection, queue, "red", 10)) {
      Check.equal(List.of("r1", "r3"), accept(red, 2), "what is selected", CHECK);
      send(connection, queue, "r5");
      Check.equal(List.of("r5"), accept(red, 1), "what comes next", CHECK);
    }
    untouched(t, queue, List.of("b0", "b2", "b4"));
  }

  @Scenario(
      id = "SEL-15",
      title = "What is not selected is in the depth, and with nobody",
      intent = "A backlog that nobody selects is seen.",
      needs = {Capability.QUEUE_SELECTORS, Capability.QUEUE_DEPTH})
  static void depth(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    send(connection, queue, "b0", "r1", "b2", "r3", "b4");
    try (Consumer red = taking(connection, queue, "red", 10)) {
      List<Delivery> held = Messages.take(red, 2);
      DepthScenarios.numbers(t, queue, 3, 2, "with 2 of 5 held");
      held.forEach(Delivery::accept);
      DepthScenarios.depth(t, queue, 3, "with 3 of 5 that nobody selects");
    }
    DepthScenarios.depth(t, queue, 3, "after the consumer has closed");
  }

  @Scenario(
      id = "SEL-16",
      title = "Consumers that select different things each get theirs",
      intent = "One queue serves several kinds of work.",
      needs = Capability.QUEUE_SELECTORS)
  static void complementary(ScenarioContext t) {
    Queue queue = t.queue();
    Consumer red = taking(t.connect(), queue, "red", 2);
    Consumer blue = taking(t.connect(), queue, "blue", 2);
    Connection connection = t.connect();
    List<String> reds = new ArrayList<>();
    List<String> blues = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      reds.add("r" + i);
      blues.add("b" + i);
      send(connection, queue, "r" + i, "b" + i);
    }
    Check.equal(reds, acceptOneByOne(red, 20), "what the red one gets", CHECK);
    Check.equal(blues, acceptOneByOne(blue, 20), "what the blue one gets", CHECK);
  }

  private static List<String> acceptOneByOne(Consumer consumer, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.addAll(accept(consumer, 1));
    }
    return texts;
  }

  @Scenario(
      id = "SEL-17",
      title = "A backlog that is not selected holds up nothing",
      intent = "A rare message is found behind many others, however small the prefetch.",
      needs = Capability.QUEUE_SELECTORS)
  static void backlog(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 500);
    send(connection, queue, "r0", "r1");
    Consumer red = taking(connection, queue, "red", 1);
    Check.equal(List.of("r0", "r1"), acceptOneByOne(red, 2), "what is behind 500 others", CHECK);
    Messages.sendNumbers(connection, queue, 300);
    send(connection, queue, "r2");
    Check.equal(List.of("r2"), accept(red, 1), "what is behind 800 others", CHECK);
  }

  @Scenario(
      id = "SEL-18",
      title = "What is sent later is selected as it comes",
      intent = "A consumer waits for what it selects, and wakes for nothing else.",
      needs = Capability.QUEUE_SELECTORS)
  static void later(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    send(connection, queue, "b0");
    Consumer red = taking(t.connect(), queue, "red", 5);
    for (int i = 1; i < 8; i += 2) {
      send(connection, queue, "r" + i, "b" + (i + 1));
      Check.equal(List.of("r" + i), accept(red, 1), "what was sent while it waited", CHECK);
    }
    red.close();
    untouched(t, queue, List.of("b0", "b2", "b4", "b6", "b8"));
  }
}
