package io.anymq.tck.scenario;

import static io.anymq.tck.scenario.QueueSelectorScenarios.CHECK;
import static io.anymq.tck.scenario.QueueSelectorScenarios.accept;
import static io.anymq.tck.scenario.QueueSelectorScenarios.message;
import static io.anymq.tck.scenario.QueueSelectorScenarios.send;
import static io.anymq.tck.scenario.QueueSelectorScenarios.taking;
import static io.anymq.tck.scenario.QueueSelectorScenarios.untouched;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.InvalidSelectorException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Session;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** SEL from 19 on: selecting from a queue together with what else a queue does. */
final class QueueSelectionScenarios {

  private QueueSelectionScenarios() {}

  @Scenario(
      id = "SEL-19",
      title = "What is released comes again to those who select it",
      intent = "A second attempt goes to whom the first one went.",
      needs = Capability.QUEUE_SELECTORS)
  static void released(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer red = taking(connection, queue, "red", 1);
    Consumer blue = taking(t.connect(), queue, "blue", 10);
    send(connection, queue, "b0", "r1", "b2", "r3");
    Delivery first = Messages.take(red);
    Check.equal("r1", first.message().text(), "what is selected", CHECK);
    first.release();
    Delivery again = Messages.take(red);
    Check.equal("r1", again.message().text(), "what comes again", CHECK);
    Check.that(again.redelivered(), "the mark of a redelivery", Messages.shown(again), CHECK);
    again.accept();
    Check.equal(List.of("r3"), accept(red, 1), "what comes next", CHECK);
    Check.equal(List.of("b0", "b2"), accept(blue, 2), "what the other one gets", CHECK);
    send(connection, queue, "b4");
    Check.equal(List.of("b4"), accept(blue, 1), "what the other one gets next", CHECK);
  }

  @Scenario(
      id = "SEL-20",
      title = "What a selecting consumer held goes back when it closes, for all",
      intent = "A selector is a consumer's, and no mark on the messages.",
      needs = Capability.QUEUE_SELECTORS)
  static void heldGoesBack(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    send(connection, queue, "r0", "b1", "r2");
    Consumer red = taking(connection, queue, "red", 1);
    Check.equal("r0", Messages.take(red).message().text(), "what is selected", CHECK);
    red.close();
    List<Delivery> all = Messages.take(connection.createConsumer(queue), 3);
    Check.equal(Set.of("r0", "b1", "r2"), Set.copyOf(Messages.texts(all)), "what is there", CHECK);
    for (Delivery each : all) {
      boolean held = each.message().text().equals("r0");
      Check.equal(held, each.redelivered(), "the mark of " + Messages.shown(each), CHECK);
    }
  }

  @Scenario(
      id = "SEL-21",
      title = "A session's rollback brings back what was selected, and leaves the rest",
      intent = "What was not selected was never in the unit of work.",
      needs = {Capability.QUEUE_SELECTORS, Capability.TRANSACTIONS})
  static void inSession(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    send(connection, queue, "b0", "r1", "b2", "r3");
    try (Session session = connection.createSession()) {
      Consumer red =
          session.createConsumer(queue, Messages.manual().selector("colour = 'red'").build());
      Check.equal(List.of("r1", "r3"), Messages.takeTexts(red, 2), "the red ones", CHECK);
      session.rollback();
      List<Delivery> again = Messages.take(red, 2);
      Set<String> texts = Set.copyOf(Messages.texts(again));
      Check.equal(Set.of("r1", "r3"), texts, "the red ones after the rollback", CHECK);
      for (Delivery each : again) {
        Check.that(each.redelivered(), "the mark of a redelivery", Messages.shown(each), CHECK);
      }
      session.commit();
    }
    untouched(t, queue, List.of("b0", "b2"));
  }

  @Scenario(
      id = "SEL-22",
      title = "A prioritized queue gives what is selected by priority",
      intent = "What is not selected does not stand before what is.",
      needs = {Capability.QUEUE_SELECTORS, Capability.PRIORITY})
  static void priorities(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    connection.declare(queue, QueueOptions.builder().prioritized(true).build());
    for (String text : List.of("b1", "r2", "b9", "r8", "r5", "b5", "r0")) {
      int priority = text.charAt(1) - '0';
      connection.send(queue, message(text).toBuilder().priority(priority).build());
    }
    List<String> reds = new ArrayList<>();
    try (Consumer red = taking(connection, queue, "red", 1)) {
      for (int i = 0; i < 4; i++) {
        reds.addAll(accept(red, 1));
      }
    }
    Check.equal(List.of("r8", "r5", "r2", "r0"), reds, "the red ones by priority", CHECK);
    try (Consumer all = connection.createConsumer(queue)) {
      Check.equal(List.of("b9", "b5", "b1"), Messages.takeTexts(all, 3), "the others", CHECK);
    }
  }

  @Scenario(
      id = "SEL-23",
      title = "A delayed message is selected when it is due",
      intent = "Waiting and selecting do not get into each other's way.",
      needs = {Capability.QUEUE_SELECTORS, Capability.DELIVERY_DELAY})
  static void delayed(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer red = taking(t.connect(), queue, "red", 5);
    long begun = System.nanoTime();
    Duration delay = Duration.ofSeconds(3); // "b2" and "r3" surely come before
    for (String text : List.of("b0", "r1")) {
      Message later = message(text).toBuilder().deliveryDelay(delay).build();
      connection.send(queue, later);
    }
    send(connection, queue, "b2", "r3");
    Check.equal(List.of("r3"), accept(red, 1), "what is there at once", CHECK);
    Check.equal(List.of("r1"), accept(red, 1), "what is due later", CHECK);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    Check.that(took.compareTo(delay) >= 0, "nothing before " + delay, took, CHECK);
    red.close();
    Check.equal(
        Set.of("b2", "b0"),
        Set.copyOf(Messages.takeTexts(connection.createConsumer(queue), 2)),
        "the others",
        CHECK);
  }

  @Scenario(
      id = "SEL-24",
      title = "A malformed selector of a queue's consumer is refused at once",
      intent = "A typing error is no consumer that waits for ever.",
      needs = Capability.QUEUE_SELECTORS)
  static void malformed(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    String check = "whether the selector is read before anything is asked of the broker";
    for (String selector : List.of("", "colour =", "colour = 'red", "colour > 'red'", "'red'")) {
      InvalidSelectorException refusal =
          Check.refused(
              InvalidSelectorException.class,
              () -> connection.createConsumer(queue, Messages.manual().selector(selector).build()),
              "a consumer with the selector «" + selector + "»",
              check);
      Check.equal(ErrorCode.INVALID_SELECTOR, refusal.code(), "its code", check);
    }
    Check.that(!connection.exists(queue), "no queue to be made", "that it is there", check);
  }

  @Scenario(
      id = "SEL-25",
      title = "A consumer selects as before after an outage",
      intent = "Recovery makes everything again, the selector too.",
      needs = Capability.QUEUE_SELECTORS,
      controls = BrokerControl.CUT_NETWORK)
  static void outage(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Consumer red = taking(outage.connection(), queue, "red", 5);
    Connection other = t.connect();
    send(other, queue, "b0", "r1");
    Check.equal(List.of("r1"), accept(red, 1), "what is selected before the outage", CHECK);
    outage.cut();
    outage.restore();
    send(other, queue, "b2", "r3");
    // The acceptance of r1 may have been lost with the link.
    String next = accept(red, 1).get(0);
    Check.equal("r3", next.equals("r1") ? accept(red, 1).get(0) : next, "what comes next", CHECK);
    outage.connection().close();
    untouched(t, queue, List.of("b0", "b2"));
  }

  @Scenario(
      id = "SEL-26",
      title = "A selecting consumer that is full leaves the rest to others",
      intent = "To select a message is not to reserve it.",
      needs = Capability.QUEUE_SELECTORS)
  static void full(ScenarioContext t) {
    Queue queue = t.queue();
    Consumer red = taking(t.connect(), queue, "red", 1);
    Connection connection = t.connect();
    send(connection, queue, "r0");
    Check.equal("r0", Messages.take(red).message().text(), "what it holds", CHECK);
    send(connection, queue, "b1", "r2", "r3");
    // No marker can come to one that holds all it may; that others get everything else shows it.
    try (Consumer all = connection.createConsumer(queue, Messages.manual(30))) {
      Check.equal(List.of("b1", "r2", "r3"), accept(all, 3), "what others get", CHECK);
      String[] later = IntStream.range(4, 24).mapToObj(i -> "r" + i).toArray(String[]::new);
      send(connection, queue, later);
      Check.equal(List.of(later), accept(all, 20), "what others get later", CHECK);
    }
  }
}
