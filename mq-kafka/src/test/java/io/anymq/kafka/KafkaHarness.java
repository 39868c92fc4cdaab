package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.spi.NativeNames;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.BrokerHandle;
import java.time.Duration;
import java.util.Map;

/** What the kit needs to judge the adapter for Kafka. */
public final class KafkaHarness implements BackendHarness {

  static final KafkaNames NAMES = new KafkaNames(NativeNames.none());

  /** Made by {@link java.util.ServiceLoader}. */
  public KafkaHarness() {}

  @Override
  public String name() {
    return KafkaBackend.NAME;
  }

  @Override
  public Map<String, String> attentive() {
    return Map.of("link-timeout", "5s");
  }

  @Override
  public String urlOfPort(int port) {
    return "kafka://127.0.0.1:" + port;
  }

  @Override
  public boolean authenticates() {
    return false;
  }

  /** A silent cluster counts as lost after {@link KafkaOptions#LINK_TIMEOUT}. */
  @Override
  public Duration patience() {
    return Duration.ofSeconds(15);
  }

  /**
   * Outages are cut networks, which only silence tells of; twenty rules would wait for the default.
   */
  @Override
  public Map<String, String> options() {
    return Map.of(KafkaOptions.LINK_TIMEOUT.key(), "5s");
  }

  @Override
  public String nativeName(Destination destination) {
    return NAMES.topic(destination);
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return new KafkaNativeClient(broker.url().substring("kafka://".length()));
  }
}
