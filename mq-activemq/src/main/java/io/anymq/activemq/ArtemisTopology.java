package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;

/**
 * Destinations of an ActiveMQ Artemis broker. Natively a queue and a topic of one name share an
 * address, which has a routing type for each: the queue is a queue of the address's own name, and a
 * subscription a queue of another name.
 */
final class ArtemisTopology implements Topology {

  private static final String ANYCAST = "ANYCAST";
  private static final String MULTICAST = "MULTICAST";
  private static final String BROKER = "broker";
  private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final OpenWire wire;
  private final ActiveMqDestinations names;
  private final ArtemisManagement management;
  private final ActiveMqDeletions deletions;
  private final Duration timeout;

  ArtemisTopology(
      OpenWire wire,
      ActiveMqDestinations names,
      ArtemisManagement management,
      ActiveMqDeletions deletions,
      Duration timeout) {
    this.wire = wire;
    this.names = names;
    this.management = management;
    this.deletions = deletions;
    this.timeout = timeout;
  }

  @Override
  public boolean exists(Destination destination) {
    String name = names.toNative(destination).getPhysicalName();
    return destination instanceof Queue
        ? isQueue(name)
        : routingTypes(name).filter(types -> types.contains(MULTICAST)).isPresent();
  }

  private boolean isQueue(String name) {
    return hasRouting(name, ANYCAST);
  }

  private boolean hasRouting(String queue, String type) {
    return management
        .attribute("queue." + queue, "RoutingType")
        .filter(found -> found.contains(type))
        .isPresent();
  }

  /** The routing types of an address; empty when there is no such address. */
  private Optional<String> routingTypes(String address) {
    return management.attribute("address." + address, "RoutingTypesAsJSON");
  }

  @Override
  public void declare(Destination destination) {
    if (destination instanceof Queue) {
      wire.request(
          "The " + destination.describe() + " could not be created",
          new DestinationInfo(
              wire.connectionId(),
              DestinationInfo.ADD_OPERATION_TYPE,
              names.toNative(destination)));
    } else {
      declareTopic(names.toNative(destination).getPhysicalName());
    }
    deletions.made(names.toNative(destination));
  }

  private void declareTopic(String name) {
    if (routingTypes(name).isEmpty()) {
      try {
        management.invoke(BROKER, "createAddress", List.of(name, MULTICAST));
        return;
      } catch (MessagingException e) {
        if (routingTypes(name).isEmpty()) {
          throw e;
        }
        // Somebody else has made it meanwhile.
      }
    }
    if (routingTypes(name).filter(types -> types.contains(MULTICAST)).isEmpty()) {
      management.invoke(BROKER, "updateAddress", List.of(name, ANYCAST + "," + MULTICAST));
    }
  }

  @Override
  public void declareTemporary(Queue queue) {
    throw new UnsupportedCapabilityException("Temporary queues are not supported with Artemis");
  }

  @Override
  public void delete(Destination destination) {
    if (!exists(destination)) {
      return;
    }
    ActiveMQDestination to = names.toNative(destination);
    if (destination instanceof Queue) {
      destroyQueue(to.getPhysicalName());
    } else {
      deleteTopic(to.getPhysicalName());
    }
    tell(to);
  }

  /** With its consumers. */
  private void destroyQueue(String name) {
    management.invoke(BROKER, "destroyQueue", List.of(name, true));
  }

  private void deleteTopic(String name) {
    String queues = management.attribute("address." + name, "QueueNames").orElse("");
    TEXT.matcher(queues)
        .results()
        .map(found -> found.group(1).replaceAll("\\\\(.)", "$1"))
        .filter(queue -> hasRouting(queue, MULTICAST))
        .forEach(this::destroyQueue);
    if (isQueue(name)) {
      management.invoke(BROKER, "updateAddress", List.of(name, ANYCAST));
    } else {
      management.invoke(BROKER, "deleteAddress", List.of(name));
    }
  }

  /**
   * Tells all connections of this adapter, as Classic does by itself; this one has heard it when
   * this returns.
   */
  private void tell(ActiveMQDestination deleted) {
    CountDownLatch heard = new CountDownLatch(1);
    ActiveMqDeletions.Watch watch = deletions.watch(deleted, heard::countDown);
    try {
      publish(
          AdvisorySupport.getDestinationAdvisoryTopic(deleted),
          new DestinationInfo(wire.connectionId(), DestinationInfo.REMOVE_OPERATION_TYPE, deleted));
      if (!heard.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new MessagingTimeoutException(
            deleted + " was deleted, and the broker did not pass on that in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, deleted + " was deleted", e);
    } finally {
      watch.end();
    }
  }

  private void publish(ActiveMQDestination topic, DestinationInfo news) {
    String what = news.getDestination() + " was deleted, which could not be told";
    ProducerId producer = wire.newProducerId();
    wire.send(what, new ProducerInfo(producer));
    ActiveMQMessage message = new ActiveMQMessage();
    message.setType(AdvisorySupport.ADIVSORY_MESSAGE_TYPE);
    message.setDestination(topic);
    message.setDataStructure(news);
    message.setPersistent(false);
    message.setTimestamp(System.currentTimeMillis());
    message.setProducerId(producer);
    message.setMessageId(new MessageId(producer, 1));
    wire.request(what, message);
    wire.send(what, new RemoveInfo(producer));
  }

  /** The depth of a queue; empty when it does not exist. */
  Optional<QueueDepth> depth(Queue queue) {
    String resource = "queue." + names.toNative(queue).getPhysicalName();
    return count(resource, "DeliveringCount")
        .flatMap(
            inFlight ->
                count(resource, "MessageCount").map(size -> depth(size, Math.min(inFlight, size))));
  }

  private static QueueDepth depth(long size, long inFlight) {
    return QueueDepth.of(size - inFlight, inFlight, true);
  }

  private Optional<Long> count(String queue, String attribute) {
    return management.attribute(queue, attribute).map(Long::parseLong);
  }
}
