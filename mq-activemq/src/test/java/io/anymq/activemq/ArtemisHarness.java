package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.ArtemisBroker;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import java.util.Map;

/** The same adapter with another broker, ActiveMQ Artemis; run only when it is asked for. */
public final class ArtemisHarness implements BackendHarness {

  private static final String USER = "kit";
  private static final String PASSWORD = "kit-password";

  private final ActiveMqHarness classic = new ActiveMqHarness();

  /** Made by {@link java.util.ServiceLoader}. */
  public ArtemisHarness() {}

  @Override
  public String name() {
    return ActiveMqBackend.ARTEMIS;
  }

  @Override
  public BrokerHandle startBroker() {
    return ArtemisBroker.start(BrokerOptions.none().withCredentials(USER, PASSWORD));
  }

  @Override
  public Map<String, String> attentive() {
    return Map.of("heartbeat", "2s");
  }

  @Override
  public String urlOfPort(int port) {
    return classic.urlOfPort(port);
  }

  @Override
  public String nativeName(Destination destination) {
    return classic.nativeName(destination);
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return classic.openNativeClient(broker);
  }
}
