package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.UnsupportedCapabilityException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;

/** Destinations of an ActiveMQ Classic broker. */
final class ActiveMqTopology implements Topology {

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

  @Override
  public void declare(Destination destination) {
    wire.request(
        "The " + destination.describe() + " could not be created",
        info(destination, DestinationInfo.ADD_OPERATION_TYPE));
  }

  @Override
  public void declareTemporary(Queue queue) {
    if (names.temporaries().find(queue).flatMap(plugin()::of).isEmpty()) {
      wire.request(
          "The " + queue.describe() + " could not be created",
          new DestinationInfo(
              wire.connectionId(),
              DestinationInfo.ADD_OPERATION_TYPE,
              names.temporaries().make(wire.connectionId(), queue)));
    }
  }

  /** As it stands, temporary queues are declared only with the plug-in. */
  private ActiveMqStatistics plugin() {
    return statistics.orElseThrow(
        () -> new UnsupportedCapabilityException("Temporary queues need the statistics plug-in"));
  }

  /** Whose it is, its name does not tell: the broker is asked for all, if need be. */
  private boolean existsTemporary(Queue queue) {
    if (names.temporaries().find(queue).flatMap(plugin()::of).isPresent()) {
      return true;
    }
    return plugin().temporaryQueues().stream()
        .map(names::toPortable)
        .anyMatch(found -> found.filter(queue::equals).isPresent());
  }

  /** A negative time-out tells the broker not to ask whether there are consumers. */
  @Override
  public void delete(Destination destination) {
    DestinationInfo info = info(destination, DestinationInfo.REMOVE_OPERATION_TYPE);
    info.setTimeout(-1);
    wire.request("The " + destination.describe() + " could not be deleted", info);
    if (destination instanceof Queue) {
      forgetHandOuts(info.getDestination());
    }
    if (ActiveMqTemporaries.isTemporary(destination)) {
      names.temporaries().forget((Queue) destination);
    }
  }

  /** One that does not exist is no failure. */
  private void forgetHandOuts(ActiveMQDestination queue) {
    DestinationInfo records =
        new DestinationInfo(
            wire.connectionId(),
            DestinationInfo.REMOVE_OPERATION_TYPE,
            ActiveMqHandOuts.queue(queue.getPhysicalName()));
    records.setTimeout(-1);
    String what = "The records of deliveries could not be removed";
    wire.request(what, records, new Unnoticed(what));
  }

  private DestinationInfo info(Destination destination, byte operation) {
    return new DestinationInfo(wire.connectionId(), operation, names.toNative(destination));
  }

  @Override
  public boolean exists(Destination destination) {
    if (ActiveMqTemporaries.isTemporary(destination)) {
      return existsTemporary((Queue) destination);
    }
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
          "The broker does not tell which destinations exist; switch on its statistics plug-in or"
              + " its advisory messages");
    }
    return found;
  }
}
