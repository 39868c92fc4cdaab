package io.anymq.samples.orders;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The dead-letter queue of the orders, emptied and sorted by the kind of the reason. */
final class DeadLetters {

  /** How long nothing must come until the queue counts as empty. */
  private static final Duration QUIET = Duration.ofMillis(300);

  private final Set<Integer> rows = new HashSet<>();
  private final Map<String, SortedMap<Integer, String>> byKind = new TreeMap<>();
  private int duplicates;

  DeadLetters() {}

  /** Reads until so many rows were seen, and nothing more is there. */
  static DeadLetters read(Connection connection, Queue queue, int expected, Clock clock) {
    DeadLetters letters = new DeadLetters();
    try (Consumer consumer = connection.createConsumer(queue)) {
      Optional<Delivery> delivery;
      do {
        delivery = consumer.receive(letters.count() < expected ? clock.left() : QUIET);
        delivery.ifPresent(letters::take);
      } while (delivery.isPresent());
    }
    return letters;
  }

  private void take(Delivery delivery) {
    add(delivery.message());
    delivery.accept();
  }

  private void add(Message message) {
    int row = Order.row(message);
    if (rows.add(row)) {
      String reason = DeadLetter.of(message).map(DeadLetter::error).orElse("no reason given");
      String kind = InvalidOrderException.kindIn(reason);
      byKind.computeIfAbsent(kind, each -> new TreeMap<>()).put(row, reason);
    } else {
      duplicates++;
    }
  }

  int count() {
    return rows.size();
  }

  int duplicates() {
    return duplicates;
  }

  /** For each kind of reason, its rows and the reason of each. */
  Map<String, SortedMap<Integer, String>> byKind() {
    return byKind;
  }
}
