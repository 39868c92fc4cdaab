package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** ACK: what a consumer held when it closed. */
final class HeldScenarios {

  private HeldScenarios() {}

  @Scenario(
      id = "ACK-11",
      title = "What a consumer held comes back when it closes",
      intent = "Closing loses nothing, and the next one is told.")
  static void consumerCloses(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, 3);
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer, 3);
    consumer.close();
    backAndMarked(connection.createConsumer(queue));
  }

  @Scenario(
      id = "ACK-12",
      title = "What a connection held comes back soon when it closes",
      intent = "Another process can go on at once.")
  static void connectionCloses(ScenarioContext t) {
    Queue queue = t.queue();
    Connection first = t.connect();
    Messages.sendNumbers(first, queue, 3);
    Connection other = t.connect();
    List<Delivery> held = Messages.take(other.createConsumer(queue, Messages.manual(3)), 3);
    Check.equal(3, held.size(), "the held deliveries", "the consumer");
    Consumer waiting = first.createConsumer(queue);
    Messages.marker(first, queue, waiting, "while another consumer holds all", "prefetch");
    other.close();
    long begun = System.nanoTime();
    backAndMarked(waiting);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    Check.that(
        took.compareTo(t.harness().patience()) <= 0,
        "them within the harness's patience",
        took,
        "that close gives back what is unsettled, and does not leave it to a time-out");
  }

  @Scenario(
      id = "ACK-13",
      title = "Settling after close does nothing",
      intent = "A late thread neither breaks nor touches anything.")
  static void afterClose(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Delivery held = Messages.take(consumer);
    consumer.close();
    held.accept();
    Consumer next = connection.createConsumer(queue, Messages.MANUAL);
    Delivery again = Messages.take(next);
    String check = "that a settlement belongs to the consumer that got the delivery";
    Check.equal("a", again.message().text(), "what comes again", check);
    held.accept();
    again.accept();
    next.close();
    Messages.empty(t, queue, "after the second delivery was accepted", check);
  }

  private static void backAndMarked(Consumer consumer) {
    Set<String> texts = new TreeSet<>();
    for (Delivery delivery : Messages.take(consumer, 3)) {
      texts.add(delivery.message().text());
      Check.that(
          delivery.redelivered(),
          "redelivered() to be true for what another consumer held",
          "false",
          "the native redelivered flag");
    }
    Check.equal(Set.of("0", "1", "2"), texts, "what comes back", "what close gives back");
  }
}
