package io.anymq.rabbit;

import com.rabbitmq.client.Return;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.SendInDoubtException;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import org.jspecify.annotations.Nullable;

/**
 * Where one producer's messages go, and what kind of queue that is. The kind is asked for at first,
 * and again when it may be another: the queue had vanished, or refused a message; or this link has
 * made or deleted a queue since. That somebody else replaced it between two sends is not seen.
 * Owned by the sending thread but for {@link #vanished} and {@link #refusal}.
 */
final class RabbitTarget {

  private static final String DEFAULT_EXCHANGE = "";

  private final Destination destination;
  private final RabbitTopology topology;
  private final String exchange;
  private final String routingKey;
  private volatile @Nullable QueueKind kind;

  /** The link's changes when the kind was asked for. */
  private long asOf;

  RabbitTarget(Destination destination, RabbitTopology topology) {
    RabbitNames names = topology.names();
    this.destination = destination;
    this.topology = topology;
    this.exchange = destination instanceof Topic topic ? names.topic(topic) : DEFAULT_EXCHANGE;
    this.routingKey = destination instanceof Queue queue ? names.queue(queue) : destination.name();
    this.asOf = topology.changes();
    this.kind = destination instanceof Queue queue ? ask(queue) : QueueKind.UNKNOWN;
  }

  Destination destination() {
    return destination;
  }

  RabbitNames names() {
    return topology.names();
  }

  String exchange() {
    return exchange;
  }

  String routingKey() {
    return routingKey;
  }

  /**
   * Whether what no queue takes comes back: a queue's message. A topic's may have no subscription
   * to go to.
   */
  boolean mandatory() {
    return destination instanceof Queue;
  }

  /**
   * Sees to it that the kind is known; asks the broker where it may be another by now. A queue that
   * cannot be asked about is sent to as an ordinary one.
   *
   * @throws UnsupportedCapabilityException when no such queue takes such a message
   * @throws io.anymq.InvalidDestinationException when the broker does not tell the kind of a queue
   *     with so long a name, or it cannot serve as a queue
   */
  void prepare(Message message) {
    if (destination instanceof Queue queue) {
      long now = topology.changes();
      if (kind == null || now != asOf) {
        kind = ask(queue);
        asOf = now;
      }
    }
    if (bounded() && message.deliveryDelay().isPresent()) {
      throw new UnsupportedCapabilityException(
          "Nothing can be sent to %s with a delay: it has a maximum length, and RabbitMQ cannot refuse when the message is due. Send without a delay, or to a queue without a limit"
              .formatted(destination.describe()));
    }
  }

  private QueueKind ask(Queue queue) {
    try {
      QueueKind known = topology.kind(queue).orElse(QueueKind.UNKNOWN);
      topology.check(queue, known);
      return known;
    } catch (DestinationNotFoundException e) {
      return QueueKind.UNKNOWN; // the send itself finds that out
    }
  }

  /** Whether the broker orders by the native priority, and is meant to. */
  boolean prioritized() {
    QueueKind known = kind;
    return known != null && known.prioritized();
  }

  private boolean bounded() {
    QueueKind known = kind;
    return known != null && known.bounded();
  }

  /** The broker has returned a message, for want of a queue. */
  MessagingException vanished(Return returned) {
    kind = null;
    return new DestinationNotFoundException(
        "%s does not exist: the broker returned the message (%d %s)"
            .formatted(destination.describe(), returned.getReplyCode(), returned.getReplyText()));
  }

  /**
   * The broker's negative confirmation. A queue of a kind that does so only when it is full is
   * full; else a queue failed while it took the message, or refused it. It does not say which, and
   * of several queues of a topic some may have it.
   */
  MessagingException refusal() {
    if (bounded()) {
      return new QueueFullException(
          destination.describe()
              + " is full: it has reached its maximum length; send again when there is room");
    }
    if (destination instanceof Queue) {
      kind = null; // somebody may have made it anew, with a limit
    }
    return new SendInDoubtException(
        "The broker did not take responsibility for a message to "
            + destination.describe()
            + " (basic.nack): the queue is full or has failed");
  }
}
