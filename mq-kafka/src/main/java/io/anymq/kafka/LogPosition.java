package io.anymq.kafka;

import io.anymq.InvalidOptionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;

/**
 * A place in the log of a topic with one partition. A topic with several has no one order, and so
 * no position. The topic's id tells it from others, and from a later one of the same name.
 *
 * @param topic the native topic's id
 * @param offset the record's
 */
record LogPosition(Uuid topic, long offset) {

  /** An id is 16 bytes in the Base64 of URLs, without padding. */
  private static final Pattern TEXT = Pattern.compile("([A-Za-z0-9_-]{22}):(\\d{1,18})");

  static LogPosition parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidOptionException(
          "'%s' is no position in a topic of Kafka; use what Delivery.position() tells"
              .formatted(text));
    }
    return new LogPosition(Uuid.fromString(matcher.group(1)), Long.parseLong(matcher.group(2)));
  }

  /** As an application keeps it. */
  String text() {
    return topic + ":" + offset;
  }
}
