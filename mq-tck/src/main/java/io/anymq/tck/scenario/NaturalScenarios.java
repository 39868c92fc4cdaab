package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** ACK and RECV from 40 on: the program that somebody writes who has read no options. */
final class NaturalScenarios {

  private static final String CHECK = "who settles what a receive has returned, by default";

  private NaturalScenarios() {}

  @Scenario(
      id = "ACK-40",
      title = "By default what a receive returned can be released and rejected",
      intent = "The first program that somebody writes does what it says.",
      needs = Capability.DEAD_LETTER)
  static void releasedAndRejected(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "bad", "later");
    Consumer consumer = connection.createConsumer(queue);
    Delivery bad = Messages.take(consumer);
    Check.that(!bad.settled(), "an unsettled delivery", "a settled one", CHECK);
    bad.reject("no such customer");
    Messages.take(consumer).release();
    Delivery again = Messages.take(consumer);
    Check.equal("later", again.message().text(), "what was released", CHECK);
    again.accept();
    String dead = Messages.takeText(connection.createConsumer(queue.deadLetterQueue()));
    Check.equal("bad", dead, "what was rejected", CHECK);
  }

  @Scenario(
      id = "ACK-41",
      title = "A program that dies between receive and the end of its work loses nothing",
      intent = "By default nothing is done before it is done.",
      controls = BrokerControl.CUT_NETWORK)
  static void diesAtWork(ScenarioContext t) {
    Queue queue = t.queue();
    Messages.sendNumbers(t.observer(), queue, 4);
    Connection mortal =
        t.connectProxied(o -> o.option("recovery", "false"), (which, state, cause) -> {});
    Consumer consumer = mortal.createConsumer(queue, ConsumerOptions.builder().prefetch(4).build());
    Messages.take(consumer, 4).get(3).accept();
    // That there is room for it shows that the acceptance has gone out, and any before it too.
    Messages.send(t.observer(), queue, "next");
    Messages.take(consumer);
    t.onClose(t.broker()::restoreNetwork);
    t.broker().cutNetwork();
    Consumer heir = t.connect().createConsumer(queue);
    Set<String> again = new TreeSet<>();
    while (!again.containsAll(List.of("0", "1", "2", "next"))) {
      Delivery delivery = Messages.accept(heir, 1).get(0);
      again.add(delivery.message().text());
      Check.that(delivery.redelivered(), "the mark of a redelivery", delivery, CHECK);
    }
  }

  @Scenario(
      id = "RECV-40",
      title = "A listener that settles by itself and throws releases what it left unsettled",
      intent = "A handler that fails halfway does not keep its message until it closes.")
  static void manualListenerThrows(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<String> handled = new CopyOnWriteArrayList<>();
    Messages.send(connection, queue, "fails", "fails behind accept", "last");
    Consumer consumer =
        connection.createConsumer(
            queue,
            Messages.manual(1),
            delivery -> {
              handled.add(delivery.message().text());
              if (delivery.message().text().equals("fails") && !delivery.redelivered()) {
                throw new IllegalStateException("before it settles");
              }
              delivery.accept();
              throw new IllegalStateException("after it has settled");
            });
    String check = "what becomes of a delivery whose listener throws in manual mode";
    Check.eventually(() -> handled.contains("last"), "the last message", () -> handled, check);
    Check.eventually(
        () -> handled.stream().filter("fails"::equals).count() == 2,
        "a second call for what was not settled",
        () -> handled,
        check);
    Check.equal(4, handled.size(), "the number of calls", check);
    consumer.close();
    Messages.empty(t, queue, "after all were accepted", check);
  }
}
