package io.anymq.activemq;

import io.anymq.Option;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.util.List;
import java.util.Set;

/** ActiveMQ Classic over OpenWire: {@code activemq:tcp://host:61616}, {@code activemq:ssl://…}. */
public final class ActiveMqBackend implements Backend {

  static final String NAME = "activemq";

  /** What {@link io.anymq.BackendInfo} says where the broker is ActiveMQ Artemis. */
  static final String ARTEMIS = "artemis";

  /** For {@link java.util.ServiceLoader}. */
  public ActiveMqBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> schemes() {
    return Set.of(NAME);
  }

  @Override
  public List<Option<?>> options() {
    return ActiveMqOptions.all();
  }

  @Override
  public void validate(BrokerUrl url) {
    Endpoint.parse(url.address());
  }

  @Override
  public Link connect(LinkRequest request) {
    return ActiveMqLink.open(request);
  }
}
