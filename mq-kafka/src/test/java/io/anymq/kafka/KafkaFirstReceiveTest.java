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
import io.anymq.tck.broker.BrokerSettings;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a program finds that starts together with its broker. */
final class KafkaFirstReceiveTest {

  /** As in many a first program. A broker gives its first member partitions after 5 s. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @Test
  void theFirstReceiveFindsWhatWasSent() {
    BrokerSettings local =
        BrokerSettings.system().with("anymq.tck.kafka.provisioning", "local-process");
    try (BrokerHandle fresh = BrokerProvisioner.with(local).start("kafka");
        Connection connection = ConnectionFactory.of(fresh.url()).connect()) {
      Queue queue = Queue.of("first");
      connection.send(queue, Message.text("hello"));
      Consumer consumer = connection.createConsumer(queue);
      Optional<Delivery> first = consumer.receive(LIMIT);
      assertThat(first)
          .as("within %s of a receive; see Members.awaitFirstAssignment", LIMIT)
          .isPresent();
      first.orElseThrow().accept();
    }
  }
}
