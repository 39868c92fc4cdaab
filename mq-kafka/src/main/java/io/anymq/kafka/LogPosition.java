package io.anymq.kafka;

import io.anymq.InvalidOptionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A place in the log of a topic with one partition. A topic with several has no one order, and so
 * no position.
 *
 * @param offset the record's
 */
record LogPosition(long offset) {

  private static final Pattern TEXT = Pattern.compile("offset-(\\d{1,18})");

  static LogPosition of(ConsumerRecord<?, ?> record) {
    return new LogPosition(record.offset());
  }

  static LogPosition parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidOptionException(
          "'%s' is no position in a topic of Kafka; use what Delivery.position() tells"
              .formatted(text));
    }
    return new LogPosition(Long.parseLong(matcher.group(1)));
  }

  /** As an application keeps it. */
  String text() {
    return "offset-" + offset;
  }
}
