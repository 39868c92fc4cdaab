package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a message tell of its deliveries before it waited to be delivered again. The
 * broker begins to count anew with such a message, which is a copy. No I/O.
 *
 * @param delivered how often it was delivered before
 * @param handedOut how often it was handed to an application before, as far as the hand-out log
 *     does not tell
 * @param repeated whether its producer may have sent it twice
 * @param routingKey the routing key that it was sent with
 */
record DeliveryHistory(
    int delivered, int handedOut, boolean repeated, @Nullable String routingKey) {

  static final String DELIVERED = RabbitHeaders.PREFIX + "delivered";
  static final String HANDED_OUT = RabbitHeaders.PREFIX + "handed-out";

  /** Says that its producer has sent the message before, and does not know whether it arrived. */
  static final String REPEATED = RabbitHeaders.PREFIX + "repeated";

  private static final DeliveryHistory NONE = new DeliveryHistory(0, 0, false, null);

  /** Reads the history; what is malformed counts as none. */
  static DeliveryHistory of(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    if (headers == null) {
      return NONE;
    }
    boolean repeated = Boolean.TRUE.equals(headers.get(REPEATED));
    if (!headers.containsKey(DELIVERED)) {
      return repeated ? new DeliveryHistory(0, 0, true, null) : NONE;
    }
    Object key = headers.get(NativeCopy.ROUTING_KEY);
    return new DeliveryHistory(
        number(headers.get(DELIVERED)),
        number(headers.get(HANDED_OUT)),
        repeated,
        key == null ? null : key.toString());
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? Math.max(0, number) : 0;
  }
}
