package io.anymq;

import static java.util.Objects.requireNonNull;

/**
 * What a connection talks to.
 *
 * @param name the backend's name: {@code zeromq}, {@code rabbitmq}, {@code activemq}, {@code
 *     kafka}, and {@code artemis} where an {@code activemq} URL leads to ActiveMQ Artemis
 * @param brokerVersion the broker's own version, as the broker tells it
 * @param clientVersion the version of the native client library
 */
public record BackendInfo(String name, String brokerVersion, String clientVersion) {

  /** Checks that all of it is there. */
  public BackendInfo {
    requireNonNull(name, "name must not be null");
    requireNonNull(brokerVersion, "brokerVersion must not be null");
    requireNonNull(clientVersion, "clientVersion must not be null");
  }
}
