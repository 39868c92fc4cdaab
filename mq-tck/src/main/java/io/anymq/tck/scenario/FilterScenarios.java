package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** CAP: order, time and selection. */
final class FilterScenarios {

  private static final String DECLARED = "what is declared, or leave it undeclared";

  private FilterScenarios() {}

  @Scenario(
      id = "CAP-20",
      title = "PRIORITY: declared and obeyed, or refused",
      intent = "A priority that nobody looks at is refused, not carried about.",
      needs = Capability.PRIORITY)
  static void priority(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    connection.declare(queue, QueueOptions.builder().prioritized(true).build());
    for (int priority : List.of(1, 5, 9, 4, 0)) {
      connection.send(queue, Message.text("p" + priority).toBuilder().priority(priority).build());
    }
    Consumer consumer = connection.createConsumer(queue, Messages.manual(1));
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Delivery delivery = Messages.take(consumer);
      order.add(delivery.message().text());
      delivery.accept();
    }
    Check.equal(List.of("p9", "p5", "p4", "p1", "p0"), order, "the order", DECLARED);
  }

  @Scenario(
      id = "CAP-21",
      title = "DELIVERY_DELAY: declared and never early, or refused",
      intent = "A message that asks to wait is not delivered at once.",
      needs = Capability.DELIVERY_DELAY)
  static void deliveryDelay(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    // The first delayed send of a connection may have to prepare what the next ones find.
    Message soon = Message.text("soon").toBuilder().deliveryDelay(Duration.ofMillis(1)).build();
    connection.send(t.queue(), soon);
    long begun = System.nanoTime();
    Duration delay = Duration.ofSeconds(2);
    connection.send(queue, Message.text("later").toBuilder().deliveryDelay(delay).build());
    Messages.send(connection, queue, "now");
    Check.equal("now", Messages.takeText(consumer), "the first message", DECLARED);
    Check.equal("later", Messages.takeText(consumer), "the second message", DECLARED);
    notBefore(delay, begun);
  }

  @Scenario(
      id = "CAP-22",
      title = "REDELIVERY_DELAY: declared and never early, or refused",
      intent = "A handler that needs a pause gets it.",
      needs = Capability.REDELIVERY_DELAY)
  static void redeliveryDelay(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Delivery first = Messages.take(consumer);
    long begun = System.nanoTime();
    Duration delay = Duration.ofSeconds(2);
    first.release(delay);
    Delivery again = Messages.take(consumer);
    notBefore(delay, begun);
    Check.that(again.redelivered(), "redelivered() to be true", "false", DECLARED);
    again.accept();
  }

  @Scenario(
      id = "CAP-23",
      title = "TIME_TO_LIVE: declared and never delivered late, or refused",
      intent = "What is out of date is not handled.",
      needs = Capability.TIME_TO_LIVE)
  static void timeToLive(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message.Builder message = Message.builder();
    long begun = System.nanoTime();
    connection.send(queue, message.text("dies").timeToLive(Duration.ofMillis(200)).build());
    connection.send(queue, message.text("lives").timeToLive(Duration.ofMinutes(5)).build());
    Check.eventually(
        () -> System.nanoTime() - begun > Duration.ofMillis(400).toNanos(),
        "time to pass",
        () -> "none",
        "the clock");
    Consumer consumer = connection.createConsumer(queue);
    Check.equal("lives", Messages.takeText(consumer), "the first message", DECLARED);
    Messages.marker(connection, queue, consumer, "that has expired", DECLARED);
  }

  @Scenario(
      id = "CAP-24",
      title = "QUEUE_SELECTORS: declared and applied, or refused",
      intent = "A consumer that selects never gets what it did not ask for.",
      needs = Capability.QUEUE_SELECTORS)
  static void queueSelectors(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    sendColours(connection, queue);
    ConsumerOptions red = ConsumerOptions.builder().selector("colour = 'red'").build();
    try (Consumer consumer = connection.createConsumer(queue, red)) {
      Check.equal("1", Messages.takeText(consumer), "the red message", DECLARED);
      nothingMoreIsRed(connection, queue, consumer);
    }
    List<String> rest = Messages.takeTexts(connection.createConsumer(queue), 2);
    Check.equal(List.of("0", "2"), rest, "the others, which stay", DECLARED);
  }

  @Scenario(
      id = "CAP-25",
      title = "TOPIC_SELECTORS: declared and applied, or refused",
      intent = "A subscriber that selects never gets what it did not ask for.",
      needs = Capability.TOPIC_SELECTORS)
  static void topicSelectors(ScenarioContext t) {
    Connection connection = t.connect();
    Topic topic = t.topic();
    ConsumerOptions red = ConsumerOptions.builder().selector("colour = 'red'").build();
    Subscription subscription =
        connection.subscribe(topic, SubscriptionOptions.builder().consumer(red).build());
    sendColours(connection, topic);
    Check.equal("1", Messages.takeText(subscription), "the red message", DECLARED);
    nothingMoreIsRed(connection, topic, subscription);
  }

  @Scenario(
      id = "CAP-26",
      title = "KEY_ORDERING: declared and kept, or refused",
      intent = "Messages of one key are handled one after the other, in order.",
      needs = Capability.KEY_ORDERING)
  static void keyOrdering(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    ConsumerOptions options = Messages.manual().keyOrdered(true).prefetch(10).build();
    Consumer first = t.connect().createConsumer(queue, options);
    Consumer second = t.connect().createConsumer(queue, options);
    for (String number : Messages.numbers(5)) {
      connection.send(queue, Message.text(number).toBuilder().key("one").build());
    }
    List<String> order = new ArrayList<>();
    Check.eventually(
        () -> {
          for (Consumer consumer : List.of(first, second)) {
            consumer
                .receive(Duration.ofMillis(50))
                .ifPresent(
                    delivery -> {
                      order.add(delivery.message().text());
                      delivery.accept();
                    });
          }
          return order.size() >= 5;
        },
        "5 messages of one key",
        () -> order,
        DECLARED);
    Check.equal(Messages.numbers(5), order, "the order of one key, over two consumers", DECLARED);
  }

  private static void nothingMoreIsRed(Connection connection, Destination to, Consumer consumer) {
    connection.send(to, SelectorTable.coloured("end", "red"));
    Check.equal("end", Messages.takeText(consumer), "the next red message", DECLARED);
  }

  private static void sendColours(Connection connection, Destination to) {
    List<String> colours = List.of("blue", "red", "green");
    for (int i = 0; i < colours.size(); i++) {
      Message message = Message.text(Integer.toString(i));
      connection.send(to, message.toBuilder().property("colour", colours.get(i)).build());
    }
  }

  private static void notBefore(Duration delay, long begun) {
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    Check.that(took.compareTo(delay) >= 0, "no delivery before " + delay, took, DECLARED);
  }
}
