package io.anymq.rabbit;

import io.anymq.Option;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.util.List;
import java.util.Set;

/** The entry of the adapter for RabbitMQ, found by {@link java.util.ServiceLoader}. Stateless. */
public final class RabbitBackend implements Backend {

  /** The backend's name, as in reports. */
  static final String NAME = "rabbitmq";

  /** Made by {@link java.util.ServiceLoader}. */
  public RabbitBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> schemes() {
    return Set.of(RabbitAddress.PLAIN_SCHEME, RabbitAddress.TLS_SCHEME);
  }

  @Override
  public List<Option<?>> options() {
    return RabbitOptions.all();
  }

  @Override
  public void validate(BrokerUrl url) {
    RabbitAddress.of(url);
  }

  @Override
  public Link connect(LinkRequest request) {
    return RabbitLink.open(request, new RabbitConnector(request));
  }
}
