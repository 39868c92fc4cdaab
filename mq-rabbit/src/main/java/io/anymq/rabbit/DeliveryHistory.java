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
 * @param routingKey the routing key that it was sent with
 */
record DeliveryHistory(int delivered, int handedOut, @Nullable String routingKey) {

  static final String DELIVERED = RabbitHeaders.PREFIX + "delivered";
  static final String HANDED_OUT = RabbitHeaders.PREFIX + "handed-out";

  private static final DeliveryHistory NONE = new DeliveryHistory(0, 0, null);

  /** Reads the history; what is malformed counts as none. */
  static DeliveryHistory of(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    if (headers == null || !headers.containsKey(DELIVERED)) {
      return NONE;
    }
    Object key = headers.get(NativeCopy.ROUTING_KEY);
    return new DeliveryHistory(
        number(headers.get(DELIVERED)),
        number(headers.get(HANDED_OUT)),
        key == null ? null : key.toString());
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? Math.max(0, number) : 0;
  }
}
