package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;

/** Destinations: whether they exist, and their making and deleting. */
final class ActiveMqTopology {

  /** No limit that a broker's destinations could reach; the native client's own check is 32,766. */
  private static final int ALL = 1_000_000;

  private final OpenWire wire;
  private final ActiveMqDestinations names;
  private final Optional<ActiveMqStatistics> statistics;

  ActiveMqTopology(
      OpenWire wire, ActiveMqDestinations names, Optional<ActiveMqStatistics> statistics) {
    this.wire = wire;
    this.names = names;
    this.statistics = statistics;
  }

  void declare(Destination destination) {
    wire.request(
        "The " + destination + " could not be made",
        info(destination, DestinationInfo.ADD_OPERATION_TYPE));
  }

  /** Deletes, consumers or not: a negative time-out tells the broker not to ask. */
  void delete(Destination destination) {
    DestinationInfo info = info(destination, DestinationInfo.REMOVE_OPERATION_TYPE);
    info.setTimeout(-1);
    wire.request("The " + destination + " could not be deleted", info);
  }

  private DestinationInfo info(Destination destination, byte operation) {
    return new DestinationInfo(wire.connectionId(), operation, names.toNative(destination));
  }

  boolean exists(Destination destination) {
    ActiveMQDestination wanted = names.toNative(destination);
    return statistics
        .map(plugin -> plugin.of(wanted).isPresent())
        .orElseGet(() -> all(wanted.isQueue()).contains(wanted));
  }

  /**
   * All queues or all topics. A new consumer of their advisories is told of all that exist, on the
   * thread that makes the consumer: so they are here when it has been made.
   */
  private Set<ActiveMQDestination> all(boolean queues) {
    ActiveMQTopic advisories =
        queues ? AdvisorySupport.QUEUE_ADVISORY_TOPIC : AdvisorySupport.TOPIC_ADVISORY_TOPIC;
    Set<ActiveMQDestination> found = ConcurrentHashMap.newKeySet();
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(advisories);
    info.setPrefetchSize(ALL);
    info.setDispatchAsync(false);
    wire.addConsumer(
        "The broker's destinations cannot be listed",
        info,
        dispatch -> {
          if (dispatch.getMessage() instanceof ActiveMQMessage message
              && message.getDataStructure() instanceof DestinationInfo told
              && told.isAddOperation()) {
            found.add(told.getDestination());
          }
        });
    wire.detach(info.getConsumerId());
    wire.send("The list could not be closed", info.createRemoveCommand());
    if (found.isEmpty()) {
      throw new MessagingException(
          ErrorCode.UNSUPPORTED_CAPABILITY,
          "The broker does not tell which destinations exist; switch on its statistics plug-in or its advisory messages");
    }
    return found;
  }
}
