package io.anymq;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * Where messages are sent: a {@link Queue}, whose messages are shared out among its consumers, or a
 * {@link Topic}, whose messages go to every subscription.
 *
 * <p>A portable name is 1 to {@value #MAX_NAME_LENGTH} characters of {@code A-Z a-z 0-9 . _ -}; any
 * other is refused with {@link InvalidDestinationException} when the object is made. A queue and a
 * topic of one name are two things on every backend.
 *
 * <p>Destinations are immutable values and may be shared between threads.
 */
public sealed interface Destination permits Queue, Topic {

  /**
   * The longest portable name, in characters. It leaves room for adapters' prefixes in Kafka's
   * limit of 249.
   */
  int MAX_NAME_LENGTH = 200;

  /** The portable name. */
  String name();

  /**
   * The destination as messages name it: {@code queue 'orders'}, {@code topic 'prices'}.
   *
   * @return kind and name
   */
  default String describe() {
    return "%s '%s'".formatted(this instanceof Queue ? "queue" : "topic", name());
  }

  /**
   * Checks a portable name.
   *
   * @param name the name
   * @return the name
   * @throws InvalidDestinationException when the name is empty, too long, or holds another
   *     character
   */
  static String requireName(String name) {
    requireNonNull(name, "name must not be null");
    if (!Names.PORTABLE.matcher(name).matches()) {
      throw new InvalidDestinationException(
          "'"
              + name
              + "' is not a portable destination name: use 1 to "
              + MAX_NAME_LENGTH
              + " characters of A-Z a-z 0-9 . _ - (a native name can be mapped by configuration)");
    }
    return name;
  }

  /** Keeps the compiled pattern out of the interface. */
  final class Names {
    private static final Pattern PORTABLE =
        Pattern.compile("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}");

    private Names() {}
  }
}
