package io.anymq.tck;

import io.anymq.Destination;
import io.anymq.tck.broker.BrokerHandle;
import java.time.Duration;
import java.util.Map;

/**
 * A backend with a broker of a chosen version, so that one adapter can be compared with itself.
 *
 * @param harness the backend's harness
 * @param version the version, such as {@code 4} or {@code 4.0}
 */
public record VersionedHarness(BackendHarness harness, String version) implements BackendHarness {

  @Override
  public String name() {
    return harness.name();
  }

  @Override
  public String label() {
    return harness.name() + "@" + version;
  }

  @Override
  public BrokerHandle startBroker() {
    return harness.startBroker(label());
  }

  @Override
  public Map<String, String> options() {
    return harness.options();
  }

  @Override
  public Map<String, String> attentive() {
    return harness.attentive();
  }

  @Override
  public String url(BrokerHandle broker) {
    return harness.url(broker);
  }

  @Override
  public String urlOfPort(int port) {
    return harness.urlOfPort(port);
  }

  @Override
  public String malformedUrl() {
    return harness.malformedUrl();
  }

  @Override
  public boolean authenticates() {
    return harness.authenticates();
  }

  @Override
  public Duration patience() {
    return harness.patience();
  }

  @Override
  public String nativeName(Destination destination) {
    return harness.nativeName(destination);
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return harness.openNativeClient(broker);
  }

  @Override
  public void sendGarbage(BrokerHandle broker) {
    harness.sendGarbage(broker);
  }
}
