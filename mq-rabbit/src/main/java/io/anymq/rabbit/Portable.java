package io.anymq.rabbit;

import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import io.anymq.Topic;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads portable destinations from text that anybody may have written. */
final class Portable {

  private static final String QUEUE = "queue:";
  private static final String TOPIC = "topic:";

  private static final Pattern NOT_PORTABLE = Pattern.compile("[^A-Za-z0-9._-]");

  private Portable() {}

  /** The destination of a text such as {@code queue:orders}, or empty when it is none. */
  static Optional<Destination> destination(String text) {
    if (text.startsWith(QUEUE)) {
      return queue(text.substring(QUEUE.length())).map(Function.identity());
    }
    if (text.startsWith(TOPIC)) {
      return topic(text.substring(TOPIC.length())).map(Function.identity());
    }
    return Optional.empty();
  }

  /** The queue of that name, or empty when the name is not portable. */
  static Optional<Queue> queue(String name) {
    return made(name, Queue::of);
  }

  /**
   * The topic of a routing key. Only a native program sends with a key that is no portable name;
   * what a name may not hold is an underscore then.
   */
  static Destination topicOfKey(String key) {
    return topic(key)
        .orElseGet(
            () -> {
              String name = NOT_PORTABLE.matcher(key).replaceAll("_");
              return Topic.of(
                  name.isEmpty() ? "_" : name.substring(0, Math.min(200, name.length())));
            });
  }

  private static Optional<Topic> topic(String name) {
    return made(name, Topic::of);
  }

  private static <T> Optional<T> made(String name, Function<String, T> maker) {
    try {
      return Optional.of(maker.apply(name));
    } catch (InvalidDestinationException e) {
      return Optional.empty();
    }
  }
}
