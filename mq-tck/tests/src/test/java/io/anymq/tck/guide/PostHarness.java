package io.anymq.tck.guide;

import io.anymq.Destination;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.BrokerHandle;

/** The kit's harness of the adapter. */
final class PostHarness implements BackendHarness {

  @Override
  public String name() {
    return "post";
  }

  @Override
  public BrokerHandle startBroker() {
    return new PostBroker();
  }

  @Override
  public String urlOfPort(int port) {
    return "post:port-" + port;
  }

  @Override
  public String malformedUrl() {
    return "post://host/with/a/path";
  }

  @Override
  public boolean authenticates() {
    return false;
  }

  @Override
  public String nativeName(Destination destination) {
    return destination.name();
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return PostClient.at(broker.url().substring("post:".length()));
  }

  @Override
  public void sendGarbage(BrokerHandle broker) {
    PostClient.knockAtNoDoor(broker.url().substring("post:".length()));
  }
}
