package io.anymq.rabbit;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.BrokerHandle;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the kit needs to judge the adapter for RabbitMQ. */
public final class RabbitHarness implements BackendHarness {

  private static final Map<String, String> REPLAY = Map.of("replay-retention", "1h");

  private static final RabbitNames NAMES = new RabbitNames(NativeNames.none());

  private final Map<String, String> options;

  /** Made by {@link java.util.ServiceLoader}. */
  public RabbitHarness() {
    this(REPLAY);
  }

  /**
   * The adapter with options.
   *
   * @param options its options, as text
   */
  RabbitHarness(Map<String, String> options) {
    this.options = Map.copyOf(options);
  }

  @Override
  public String name() {
    return RabbitBackend.NAME;
  }

  /** With the broker's management interface, where the kit has started one. */
  @Override
  public String url(BrokerHandle broker) {
    return broker
        .managementUrl()
        .map(url -> broker.url() + "?management=" + URLEncoder.encode(url, StandardCharsets.UTF_8))
        .orElse(broker.url());
  }

  @Override
  public Map<String, String> options() {
    return options;
  }

  @Override
  public Map<String, String> attentive() {
    return Map.of("heartbeat", "2s");
  }

  @Override
  public String urlOfPort(int port) {
    return "amqp://guest:guest@127.0.0.1:" + port;
  }

  @Override
  public String nativeName(Destination destination) {
    return destination instanceof Topic topic
        ? NAMES.topic(topic)
        : NAMES.queue((Queue) destination);
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return RabbitNativeClient.connect(broker.url());
  }
}
