package io.anymq.zeromq;

import io.anymq.ConnectionOptions;
import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.util.List;
import java.util.Set;

/** The adapter for the ZeroMQ hub; found by the service loader. */
public final class ZeroMqBackend implements Backend {

  static final String NAME = "zeromq";

  /** For the service loader. */
  public ZeroMqBackend() {}

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
    return ZeroMqOptions.all();
  }

  @Override
  public void validate(BrokerUrl url) {
    address(url);
    if (url.user().isPresent() || url.password().isPresent()) {
      throw noUsers();
    }
  }

  @Override
  public Link connect(LinkRequest request) {
    if (request.options().find(ConnectionOptions.USER).isPresent()
        || request.options().find(ConnectionOptions.PASSWORD).isPresent()) {
      throw noUsers();
    }
    return ZeroMqLink.connect(address(request.url()), request);
  }

  private static HubAddress address(BrokerUrl url) {
    HubAddress address = HubAddress.parse(url.address());
    if (!address.canBeConnectedTo()) {
      throw new InvalidOptionException(
          "'%s' is an address to bind to: a connection needs the hub's host and port"
              .formatted(address));
    }
    return address;
  }

  static InvalidOptionException noUsers() {
    return new InvalidOptionException(
        "The hub knows no users: take user and password out of the URL and the options");
  }
}
