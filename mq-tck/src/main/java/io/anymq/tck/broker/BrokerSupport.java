package io.anymq.tck.broker;

import java.util.List;

/**
 * A kind of broker that the kit can get. RabbitMQ, Kafka and ActiveMQ are built in; others are
 * found through {@link java.util.ServiceLoader} on the class path, which is how the ZeroMQ hub and
 * an adapter author's own broker come in.
 */
public interface BrokerSupport {

  /** The backend's name, in lower case. */
  String name();

  /**
   * The ways there are, one at most for each {@link Provisioning}; {@link Provisioning#EXTERNAL} is
   * one of them when wanted.
   */
  List<BrokerStrategy> strategies();
}
