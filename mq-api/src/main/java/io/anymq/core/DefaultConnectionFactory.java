package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.ConnectionListener;
import io.anymq.Options;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.NativeNames;
import java.util.EnumSet;
import java.util.Set;

/**
 * A checked URL with its adapter and options.
 *
 * @param backend the adapter
 * @param brokerUrl the URL
 * @param options all options
 * @param names native names by configuration
 * @param required capabilities that every connection must have
 */
record DefaultConnectionFactory(
    Backend backend,
    BrokerUrl brokerUrl,
    Options options,
    NativeNames names,
    Set<Capability> required)
    implements ConnectionFactory {

  @Override
  public Connection connect(ConnectionListener listener) {
    requireNonNull(listener, "listener must not be null");
    return CoreConnection.open(this, listener);
  }

  @Override
  public ConnectionFactory require(Capability... capabilities) {
    requireNonNull(capabilities, "capabilities must not be null");
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    all.addAll(required);
    for (Capability capability : capabilities) {
      all.add(requireNonNull(capability, "capability must not be null"));
    }
    return new DefaultConnectionFactory(backend, brokerUrl, options, names, all);
  }

  @Override
  public String url() {
    return brokerUrl.toString();
  }

  @Override
  public String toString() {
    return "ConnectionFactory[" + brokerUrl + "]";
  }
}
