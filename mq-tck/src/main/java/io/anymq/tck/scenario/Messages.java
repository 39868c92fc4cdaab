package io.anymq.tck.scenario;

import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingTimeoutException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import io.anymq.SendInDoubtException;
import io.anymq.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** What most scenarios do with messages. */
final class Messages {

  /** The application settles, a listener's too, and a release is immediate. */
  static final ConsumerOptions MANUAL = manual().build();

  /** What has been released many times is still there, and not a dead letter. */
  private static final ConsumerOptions ALL = manual().maxDeliveries(1000).build();

  private static final String MARKER = "marker";

  private Messages() {}

  /** The application settles, and holds that many at most. */
  static ConsumerOptions manual(int prefetch) {
    return manual().prefetch(prefetch).build();
  }

  static ConsumerOptions.Builder manual() {
    return prompt().acknowledgement(AcknowledgementMode.MANUAL);
  }

  /** What is released, or whose listener throws, comes again at once. */
  static ConsumerOptions.Builder prompt() {
    return ConsumerOptions.builder().redeliveryDelay(RedeliveryDelay.NONE);
  }

  /** A plain receive settles. */
  static ConsumerOptions automatic() {
    return ConsumerOptions.builder().acknowledgement(AcknowledgementMode.AUTOMATIC).build();
  }

  /** A plain subscription whose deliveries the application settles. */
  static SubscriptionOptions manualSubscription() {
    return SubscriptionOptions.builder().consumer(MANUAL).build();
  }

  /** A durable subscription whose deliveries the application settles. */
  static SubscriptionOptions manualDurable(String name) {
    return SubscriptionOptions.builder().durable(name).consumer(MANUAL).build();
  }

  /** Sends each, one after the other, confirmed. */
  static void send(Connection connection, Destination to, String... texts) {
    for (String text : texts) {
      connection.send(to, Message.text(text));
    }
  }

  /** Sends until it is confirmed: the first send of a producer may take longer than its limit. */
  static void warm(Producer producer, String text) {
    Check.eventually(
        () -> {
          try {
            producer.send(text);
            return true;
          } catch (SendInDoubtException | MessagingTimeoutException e) {
            return false;
          }
        },
        "a first send to be confirmed",
        () -> "that none is",
        "the confirmations");
  }

  /** Sends "0", "1", … and waits until all are confirmed. */
  static void sendNumbers(Connection connection, Destination to, int count) {
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (String number : numbers(count)) {
      sent.add(connection.sendAsync(to, Message.text(number)));
    }
    sent.forEach(
        each -> Check.completes(each, "each of " + count + " sends to " + to, "the confirmations"));
  }

  /** "0", "1", … */
  static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /** The next delivery; fails when none comes. */
  static Delivery take(Consumer consumer) {
    return consumer
        .receive(Check.LIMIT)
        .orElseThrow(
            () ->
                Check.failure(
                    "a message",
                    "none in " + Check.LIMIT.toSeconds() + " s",
                    "that the send was stored, and that the consumer gets what is in the queue"));
  }

  /** The next deliveries; fails when one does not come. */
  static List<Delivery> take(Consumer consumer, int count) {
    return take(consumer, count, delivery -> {});
  }

  private static List<Delivery> take(
      Consumer consumer, int count, java.util.function.Consumer<Delivery> settling) {
    List<Delivery> taken = new ArrayList<>();
    while (taken.size() < count) {
      Optional<Delivery> next = consumer.receive(Check.LIMIT);
      taken.add(
          next.orElseThrow(
              () ->
                  Check.failure(
                      count + " messages",
                      taken.size() + " and then none in " + Check.LIMIT.toSeconds() + " s",
                      "whether messages are lost, or credit is not given back on settlement")));
      next.ifPresent(settling);
    }
    return taken;
  }

  /** The next deliveries, each accepted as it comes; fails when one does not come. */
  static List<Delivery> accept(Consumer consumer, int count) {
    return take(consumer, count, Delivery::accept);
  }

  static List<String> texts(List<Delivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.message().text()).toList();
  }

  /** The texts of the next messages, which are accepted. */
  static List<String> takeTexts(Consumer consumer, int count) {
    return texts(accept(consumer, count));
  }

  /** The text of the next message, which is accepted. */
  static String takeText(Consumer consumer) {
    Delivery next = take(consumer);
    next.accept();
    return next.message().text();
  }

  /**
   * Fails when the queue holds anything: sends a marker, which must be the only thing that a new
   * consumer gets.
   */
  static void empty(ScenarioContext t, Queue queue, String when, String check) {
    Connection connection = t.connect();
    try (Consumer consumer = connection.createConsumer(queue)) {
      marker(connection, queue, consumer, when, check);
    }
    connection.close();
  }

  /**
   * As {@link #empty}, with a consumer or subscription that is there already. Whatever was to come
   * to it has been sent before the marker, by the same path, so it comes before the marker; no time
   * without a message could prove as much.
   */
  static void marker(
      Connection connection, Destination to, Consumer consumer, String when, String check) {
    send(connection, to, MARKER);
    Delivery next = take(consumer);
    Check.that(isMarker(next), "nothing in " + to + " " + when, shown(next), check);
    next.accept();
  }

  private static boolean isMarker(Delivery delivery) {
    return Arrays.equals(delivery.message().body(), Message.text(MARKER).body());
  }

  /** Takes what is in the queue, in order: all that comes before a message that is sent now. */
  static List<String> drain(Connection connection, Queue queue) {
    send(connection, queue, MARKER);
    try (Consumer consumer = connection.createConsumer(queue, ALL)) {
      List<String> texts = new ArrayList<>();
      String next = takeText(consumer);
      while (!next.equals(MARKER)) {
        texts.add(next);
        next = takeText(consumer);
      }
      return texts;
    }
  }

  static String shown(Delivery delivery) {
    byte[] body = delivery.message().body();
    String text =
        body.length > 60
            ? body.length + " bytes"
            : "'" + new String(body, java.nio.charset.StandardCharsets.UTF_8) + "'";
    return "message %s (redelivered: %s, count: %d)"
        .formatted(text, delivery.redelivered(), delivery.deliveryCount());
  }
}
