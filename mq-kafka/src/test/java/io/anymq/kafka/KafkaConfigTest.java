package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.Options;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What native clients are made with. */
final class KafkaConfigTest {

  /** The native producer refuses what is larger, before it asks the broker. */
  @Test
  void theProducersMemoryHoldsTheLargestMessage() {
    int largest = 50_000_000;
    assertThat(producer(largest).get(ProducerConfig.BUFFER_MEMORY_CONFIG))
        .asInstanceOf(InstanceOfAssertFactories.LONG)
        .isGreaterThan(largest);
    assertThat(producer(1_000).get(ProducerConfig.BUFFER_MEMORY_CONFIG))
        .as("Kafka's default")
        .isEqualTo(32L * 1024 * 1024);
  }

  private static Map<String, Object> producer(int maxMessageBytes) {
    BrokerUrl url = new BrokerUrl("kafka", "//localhost:9092", Optional.empty(), Optional.empty());
    Options options = Options.none().with(ConnectionOptions.MAX_MESSAGE_BYTES, maxMessageBytes);
    return new KafkaConfig(
            new LinkRequest(url, options, NativeNames.none(), cause -> {}), KafkaAddress.parse(url))
        .producer("test");
  }
}
