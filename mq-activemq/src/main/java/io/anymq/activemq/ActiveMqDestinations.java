package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import java.util.Optional;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;

/**
 * Portable destinations and native ones. Queues and topics are two name spaces natively, and every
 * portable name is a native one as it is, so that only configured names and those of temporary
 * queues need a table. Called by several threads.
 */
final class ActiveMqDestinations {

  private final NativeNames names;
  private final ActiveMqTemporaries temporaries = new ActiveMqTemporaries();

  ActiveMqDestinations(NativeNames names) {
    this.names = names;
  }

  /** The names of temporary queues. */
  ActiveMqTemporaries temporaries() {
    return temporaries;
  }

  /** The native destination. */
  ActiveMQDestination toNative(Destination destination) {
    if (ActiveMqTemporaries.isTemporary(destination)) {
      return temporaries.toNative((Queue) destination);
    }
    String name = names.of(destination).orElse(destination.name());
    return destination instanceof Queue ? new ActiveMQQueue(name) : new ActiveMQTopic(name);
  }

  /** A destination as messages name it: by its portable name, where it has one. */
  String describe(ActiveMQDestination destination) {
    return toPortable(destination)
        .map(Destination::describe)
        .orElseGet(() -> NativeText.of(destination));
  }

  /** The portable destination, or empty when the native name is not a portable one. */
  Optional<Destination> toPortable(ActiveMQDestination destination) {
    if (destination.isTemporary()) {
      return temporaries.toPortable(destination);
    }
    if (destination.isComposite()) {
      return Optional.empty();
    }
    String name = destination.getPhysicalName();
    Optional<Destination> configured = names.portable(destination.isQueue(), name);
    if (configured.isPresent()) {
      return configured;
    }
    try {
      return Optional.of(destination.isQueue() ? Queue.of(name) : Topic.of(name));
    } catch (InvalidDestinationException e) {
      return Optional.empty();
    }
  }
}
