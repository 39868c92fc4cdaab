package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time-outs that do not fit into an int of milliseconds. */
final class KafkaLongTimeoutsTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("kafka");
  private final Queue queue = Queue.of("q." + UUID.randomUUID());

  /** 36,500 days, the longest that are taken; and 30 days, which cut off would be negative. */
  @ParameterizedTest
  @ValueSource(strings = {"876000h", "720h"})
  void aConnectionWithLongTimeoutsWorks(String length) {
    ConnectionFactory.Builder builder = ConnectionFactory.builder().url(broker.url());
    for (String timeout :
        List.of("connect-timeout", "operation-timeout", "send-timeout", "link-timeout")) {
      builder.option(timeout, length);
    }
    try (Connection connection = builder.build().connect()) {
      connection.send(queue, Message.text("now"));
      connection.send(
          queue, Message.text("later").toBuilder().deliveryDelay(Duration.ofMillis(100)).build());
      try (Consumer consumer = connection.createConsumer(queue)) {
        assertThat(accepted(consumer)).isEqualTo("now");
        assertThat(accepted(consumer)).isEqualTo("later");
      }
      connection.delete(queue);
    }
  }

  private static String accepted(Consumer consumer) {
    Optional<Delivery> next = consumer.receive(Links.PATIENCE);
    assertThat(next).as("a message within %s; see Millis", Links.PATIENCE).isPresent();
    Delivery delivery = next.orElseThrow();
    delivery.accept();
    return delivery.message().text();
  }
}
