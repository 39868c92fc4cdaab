package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.spi.NativeNames;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import java.util.Map;

/** What the kit needs to judge the adapter for ActiveMQ. */
public final class ActiveMqHarness implements BackendHarness {

  private static final String USER = "kit";
  private static final String PASSWORD = "kit-password";
  private static final ActiveMqDestinations NAMES = new ActiveMqDestinations(NativeNames.none());

  /** Made by {@link java.util.ServiceLoader}. */
  public ActiveMqHarness() {}

  @Override
  public String name() {
    return ActiveMqBackend.NAME;
  }

  /** A broker with an account: one that lets everybody in could not refuse wrong credentials. */
  @Override
  public BrokerHandle startBroker() {
    return BrokerProvisioner.system()
        .start(name(), BrokerOptions.none().withCredentials(USER, PASSWORD));
  }

  @Override
  public Map<String, String> attentive() {
    return Map.of("heartbeat", "2s");
  }

  @Override
  public String urlOfPort(int port) {
    return "activemq:tcp://" + USER + ":" + PASSWORD + "@127.0.0.1:" + port;
  }

  @Override
  public String nativeName(Destination destination) {
    return NAMES.toNative(destination).getPhysicalName();
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return JmsNativeClient.connect(broker.url());
  }
}
