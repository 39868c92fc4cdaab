package io.anymq.zeromq;

import io.anymq.Destination;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.BrokerHandle;
import java.time.Duration;
import java.util.Map;

/** What the kit needs to judge the adapter for the ZeroMQ hub. */
public final class ZeroMqHarness implements BackendHarness {

  /** Made by {@link java.util.ServiceLoader}. */
  public ZeroMqHarness() {}

  @Override
  public String name() {
    return ZeroMqBackend.NAME;
  }

  @Override
  public Map<String, String> attentive() {
    return Map.of("heartbeat", "500ms");
  }

  @Override
  public String urlOfPort(int port) {
    return "zeromq:tcp://127.0.0.1:" + port;
  }

  @Override
  public boolean authenticates() {
    return false;
  }

  /** A peer that falls silent is given up after five heartbeats of two seconds each. */
  @Override
  public Duration patience() {
    return Duration.ofSeconds(15);
  }

  @Override
  public String nativeName(Destination destination) {
    return destination.name();
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return new HandMadeClient(broker.url());
  }
}
