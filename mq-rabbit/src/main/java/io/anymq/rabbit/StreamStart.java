package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anymq.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;

/**
 * Where in a stream one consumer begins. The broker finds a moment by when it stored a batch of
 * messages; which of them are from before is seen by their own timestamps. Owned by the consumer's
 * thread.
 */
final class StreamStart {

  /** What the clock of who sends may differ from the broker's without a message being missed. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private static final String OFFSET = "x-stream-offset";

  private final Object offset;
  private final Instant moment;
  private boolean begun;

  private StreamStart(Object offset, Instant moment) {
    this.offset = offset;
    this.moment = moment;
    this.begun = moment.equals(Instant.MIN);
  }

  /** With what is sent from now on. */
  static StreamStart now() {
    return new StreamStart("next", Instant.MIN);
  }

  /** With the message at an offset. */
  static StreamStart at(long offset) {
    return new StreamStart(offset, Instant.MIN);
  }

  /** With the first message of that moment or later; a moment to come is now. */
  static StreamStart from(Instant moment) {
    if (moment.isAfter(Instant.now())) {
      return now();
    }
    if (moment.isBefore(Instant.EPOCH.plus(CLOCKS))) {
      return new StreamStart("first", moment);
    }
    return new StreamStart(Date.from(moment.minus(CLOCKS)), moment);
  }

  /** What the broker is told. */
  Map<String, Object> arguments() {
    return Map.of(OFFSET, offset);
  }

  /** Whether a message, the next in order, is not from before. One without a time may be. */
  boolean admits(Message message) {
    begun = begun || message.timestamp().filter(time -> !time.isBefore(moment)).isPresent();
    return begun || message.timestamp().isEmpty();
  }

  /** Where a message stands. */
  static Optional<String> position(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    return headers != null && headers.get(OFFSET) instanceof Long position
        ? Optional.of(position.toString())
        : Optional.empty();
  }
}
