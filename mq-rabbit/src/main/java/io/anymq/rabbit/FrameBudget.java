package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All fields and headers of a message go into one frame, which AMQP 0-9-1 has no way around. A
 * message is taken only when its dead letter would fit too, with the marks that this adds. No I/O.
 */
final class FrameBudget {

  /** What a dead letter may add: its marks, with an error of a thousand characters. */
  private static final int MARKS = 8 * 1024;

  /** What the fields have beside texts that are counted one by one. */
  private static final int FIXED_FIELDS = 1024;

  /** UTF-8 has at most this many bytes for a char. */
  private static final int MOST_BYTES = 3;

  /** A value's kind and its length, and those of its name. */
  private static final int OVERHEAD = 16;

  private static final int ANY_CHANNEL = 1;

  /** Of a header, in bytes of UTF-8. */
  private static final int LONGEST_NAME = 255;

  /** How much of a too long name is shown, which has more characters than that. */
  private static final int SHOWN = 60;

  private final int frameMax;

  /**
   * For one connection.
   *
   * @param frameMax as it was negotiated; 0 where there is no limit
   */
  FrameBudget(int frameMax) {
    this.frameMax = frameMax;
  }

  /**
   * Refuses a message whose dead letter would not fit.
   *
   * @param encoded makes its native properties; called only where it is not small for certain
   */
  void require(Message message, String destination, Supplier<BasicProperties> encoded) {
    if (frameMax == 0) {
      return;
    }
    int room = frameMax - Math.min(MARKS, frameMax / 2);
    if (most(message) > room && exactly(encoded.get()) > room) {
      throw tooLarge(destination, null);
    }
  }

  /**
   * Refuses a copy that does not fit, or that has a header whose name has become too long. The
   * client would find that out only when it has counted it, and its numbers on that channel would
   * no longer be the broker's.
   */
  void requireCopy(BasicProperties copy, String destination) {
    requireShortNames(copy, destination);
    boolean fits;
    try {
      fits = exactly(copy) <= frameMax || frameMax == 0;
    } catch (IllegalArgumentException e) {
      throw tooLarge(destination, e);
    }
    if (!fits) {
      throw tooLarge(destination, null);
    }
  }

  /** The name came shorter: without what the adapter keeps it under. */
  private static void requireShortNames(BasicProperties copy, String destination) {
    Map<String, Object> headers = copy.getHeaders() == null ? Map.of() : copy.getHeaders();
    for (String name : headers.keySet()) {
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      if (length > LONGEST_NAME) {
        throw new MessageTooLargeException(
            "A copy of a message to %s cannot be sent: its header '%s…' would have a name of %d bytes, and AMQP 0-9-1 has %d at most; have the sender shorten that header's name by %d bytes"
                .formatted(
                    destination,
                    name.substring(0, SHOWN),
                    length,
                    LONGEST_NAME,
                    length - LONGEST_NAME));
      }
    }
  }

  /** The failure of a message that does not fit. */
  MessageTooLargeException tooLarge(String destination, @Nullable IllegalArgumentException cause) {
    return new MessageTooLargeException(
        "The fields and properties of a message to %s do not fit into a frame of %,d bytes, the broker's frame_max, of which %,d are kept for what a dead letter adds; put large values into the body"
            .formatted(destination, frameMax, MARKS),
        cause);
  }

  private static long most(Message message) {
    long chars = length(message.id()) + length(message.correlationId()) + length(message.type());
    chars += length(message.key()) + length(message.contentType());
    long bytes = FIXED_FIELDS + MOST_BYTES * chars;
    for (Map.Entry<String, Object> property : message.properties().entrySet()) {
      bytes += (long) MOST_BYTES * property.getKey().length() + length(property.getValue());
    }
    return bytes;
  }

  private static long length(Optional<String> text) {
    return text.map(String::length).orElse(0);
  }

  private static long length(Object value) {
    if (value instanceof String text) {
      return OVERHEAD + (long) MOST_BYTES * text.length();
    }
    return OVERHEAD + (value instanceof byte[] bytes ? (long) bytes.length : Long.BYTES);
  }

  /** As amqp-client counts. */
  private static int exactly(BasicProperties properties) {
    try {
      return properties.toFrame(ANY_CHANNEL, 0).size();
    } catch (IOException e) {
      throw new IllegalStateException("Nothing is written anywhere", e);
    }
  }
}
