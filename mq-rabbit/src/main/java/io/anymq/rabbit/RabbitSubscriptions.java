package io.anymq.rabbit;

import io.anymq.Capability;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.Source;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Turns what is to be consumed into native queues. Safe for use by several threads. */
final class RabbitSubscriptions {

  private final RabbitTopology topology;

  /** The durable subscriptions that this link holds: the broker's lock is blind to those. */
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  RabbitSubscriptions(RabbitTopology topology) {
    this.topology = topology;
  }

  /** Makes what has to be made; a subscription keeps messages from then on. */
  RabbitSource source(Source source) {
    if (source instanceof Source.OfQueue of) {
      boolean counts = topology.countsDeliveries(of.queue());
      return new RabbitSource(topology.names().queue(of.queue()), of.queue(), counts, () -> {});
    }
    if (source instanceof Source.OfTopic of) {
      return of.terms().durable() ? durable(of.topic(), of.terms()) : plain(of.topic());
    }
    throw new UnsupportedCapabilityException(
        "The RabbitMQ adapter has no " + Capability.TOPIC_PATTERNS);
  }

  /** Removes a durable subscription with its backlog. */
  void unsubscribe(Topic topic, String name) {
    String queue = topology.names().subscription(topic, name);
    String doing = "Unsubscribing '%s' from %s".formatted(name, topic);
    hold(queue, doing);
    try {
      topology.deleteQueue(queue, doing);
    } finally {
      letGo(queue);
    }
  }

  private RabbitSource plain(Topic topic) {
    String queue = topology.names().plainSubscription(topic);
    topology.declarePlainSubscription(topic, queue);
    return new RabbitSource(queue, topic, false, () -> {});
  }

  private RabbitSource durable(Topic topic, Source.Terms terms) {
    String name = terms.name().orElseThrow();
    String queue = topology.names().subscription(topic, name);
    hold(queue, "Subscribing '%s' to %s".formatted(name, topic));
    try {
      topology.declareDurableSubscription(topic, queue);
    } catch (RuntimeException e) {
      letGo(queue);
      throw e;
    }
    return new RabbitSource(
        queue, topic, topology.subscriptionsCountDeliveries(), () -> letGo(queue));
  }

  private void hold(String queue, String doing) {
    if (!held.add(queue)) {
      throw RabbitTopology.inUse(doing, null);
    }
    try {
      topology.lock(queue, doing);
    } catch (RuntimeException e) {
      held.remove(queue);
      throw e;
    }
  }

  /** When the connection is gone, so is the lock. */
  private void letGo(String queue) {
    try {
      topology.unlock(queue);
    } catch (MessagingException e) {
      NativeConnection.LOG.debug("Releasing {}", queue, e);
    } finally {
      held.remove(queue);
    }
  }
}
