package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the scenarios of key ordering do with keys. */
final class Keys {

  private Keys() {}

  static ConsumerOptions ordered(int prefetch) {
    return Messages.manual().keyOrdered(true).prefetch(prefetch).build();
  }

  /** Sends each, one after the other; its key is its first letter. */
  static void send(Connection connection, Destination to, String... texts) {
    for (String text : texts) {
      connection.send(to, Message.text(text).toBuilder().key(text.substring(0, 1)).build());
    }
  }

  /**
   * Fails when one of the consumers gets something else than markers, one for each, of keys that
   * are in nobody's hand. They are sent behind what must not come, and accepted.
   */
  static void quiet(
      Connection connection, Destination to, String when, String check, Consumer... consumers) {
    List<String> markers = List.of("z0", "y0").subList(0, consumers.length);
    send(connection, to, markers.toArray(String[]::new));
    List<Delivery> next = gather(consumers.length, check, consumers);
    Check.that(
        markers.containsAll(Messages.texts(next)),
        "nothing but markers " + when,
        Messages.texts(next),
        check);
    next.forEach(Delivery::accept);
  }

  static String[] numbered(String key, int count) {
    return IntStream.range(0, count).mapToObj(i -> key + i).toArray(String[]::new);
  }

  /** The next deliveries of several consumers, whichever gets them. */
  static List<Delivery> gather(int count, String check, Consumer... consumers) {
    List<Delivery> gathered = new ArrayList<>();
    Check.eventually(
        () -> {
          for (Consumer consumer : consumers) {
            consumer.receive(Duration.ofMillis(20)).ifPresent(gathered::add);
          }
          return gathered.size() >= count;
        },
        count + " messages",
        () -> Messages.texts(gathered),
        check);
    return gathered;
  }
}
