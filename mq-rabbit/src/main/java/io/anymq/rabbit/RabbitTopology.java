package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes, finds and deletes what destinations and subscriptions are on the broker. Safe for use by
 * several threads; each question has a channel of its own.
 */
final class RabbitTopology {

  /**
   * Durable, as brokers from 4.x on discourage transient queues that are not exclusive; goes too
   * when its maker crashes before it consumes, and after a restart of the broker that nobody comes
   * back from.
   */
  private static final Map<String, Object> SHARED =
      Map.of("x-queue-type", "classic", "x-expires", 60_000);

  private static final Map<String, Object> SHARED_IN_TURN =
      Map.of("x-queue-type", "classic", "x-expires", 60_000, "x-single-active-consumer", true);

  /** Matches every routing key of a topic exchange; other kinds ignore it or match it literally. */
  private static final String ANY_KEY = "#";

  /** How often a topic is made that others delete in the moment in which it is made. */
  private static final int ATTEMPTS = 5;

  private final NativeConnection connection;
  private final RabbitNames names;
  private final QueueKinds kinds;
  private final QueueCheck check;

  /** Queues that end with this link. */
  private final Set<Queue> temporary = ConcurrentHashMap.newKeySet();

  /** How many queues this link has made and deleted. */
  private final AtomicLong changes = new AtomicLong();

  RabbitTopology(
      NativeConnection connection,
      RabbitNames names,
      RabbitOptions.QueueType type,
      String virtualHost,
      QueueCheck check) {
    this.check = check;
    this.connection = connection;
    this.names = names;
    this.kinds =
        new QueueKinds(
            connection,
            type == RabbitOptions.QueueType.QUORUM ? QueueKind.QUORUM : QueueKind.CLASSIC,
            virtualHost);
  }

  /** Moves whenever a queue of this link may have become one of another kind. */
  long changes() {
    return changes.get();
  }

  RabbitNames names() {
    return names;
  }

  /** Whether a destination exists. */
  boolean exists(Destination destination) {
    try {
      lookFor(destination);
      return true;
    } catch (DestinationNotFoundException e) {
      return false;
    } catch (MessagingException e) {
      if (isLocked(e)) {
        return true; // somebody's exclusive queue
      }
      throw e;
    }
  }

  private void lookFor(Destination destination) {
    String doing = "Looking for " + destination.describe();
    if (destination instanceof Topic topic) {
      connection.ask(doing, channel -> channel.exchangeDeclarePassive(names.topic(topic)));
    } else {
      connection.ask(doing, channel -> channel.queueDeclarePassive(nativeQueue(destination)));
    }
  }

  /**
   * Makes a destination unless it exists.
   *
   * @param options for a queue; one that exists stays as it was made, and without options that is
   *     no failure
   * @return whether it was made
   * @throws InvalidOptionException when it exists with other options
   * @throws io.anymq.InvalidDestinationException when it is to be prioritized or bounded, and its
   *     name is too long for that
   */
  boolean declare(Destination destination, QueueOptions options) {
    QueueKind kind = QueueKind.of(options, kinds.ordinary());
    if (!kind.equals(kinds.ordinary())) {
      kinds.requireRecognizable(nativeQueue(destination));
    }
    if (exists(destination)) {
      requireSame(destination, options);
      return false;
    }
    if (destination instanceof Topic topic) {
      declareTopic(topic);
      return true;
    }
    boolean made = declareQueue(destination, kind);
    if (!made) {
      requireSame(destination, options);
    }
    return made;
  }

  /** Who asks for nothing takes a queue as it is. */
  private void requireSame(Destination destination, QueueOptions options) {
    boolean asks = options.prioritized() || options.maxLength().isPresent();
    if (!(destination instanceof Queue queue) || !asks) {
      return;
    }
    Optional<QueueKind> kind = kind(queue);
    if (kind.filter(known -> known.matches(options)).isEmpty()) {
      throw new InvalidOptionException(
          "%s exists with %s; asked for was %s. Use another name, delete it, or declare it without options to use it as it is"
              .formatted(
                  queue.describe(),
                  kind.map(QueueKind::describe).orElse("options that the broker does not tell"),
                  QueueKind.describe(options.prioritized(), options.maxLength())));
    }
  }

  private boolean declareQueue(Destination queue, QueueKind kind) {
    try {
      kinds.declare(nativeQueue(queue), kind, "Declaring " + queue.describe());
      changes.incrementAndGet();
      return true;
    } catch (MessagingException e) {
      if (QueueKinds.isOfAnotherKind(e)) {
        return false; // somebody was faster
      }
      throw e;
    }
  }

  /** Deletes a destination; a topic with what it has kept, for whoever had it keep that. */
  void delete(Destination destination) {
    String doing = "Deleting " + destination.describe();
    if (destination instanceof Topic topic) {
      connection.ask(doing, channel -> channel.exchangeDelete(names.topic(topic)));
      deletePast(topic);
    } else {
      connection.ask(doing, channel -> channel.queueDelete(nativeQueue(destination)));
      temporary.remove(destination);
      changes.incrementAndGet();
    }
  }

  /** The broker does not mind that there is none; who may not delete it has not made it. */
  private void deletePast(Topic topic) {
    try {
      deleteQueue(names.stream(topic), "Deleting what " + topic.describe() + " has kept");
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.ACCESS_REFUSED) {
        throw e;
      }
      NativeConnection.LOG.debug("What {} may have kept is left", topic, e);
    }
  }

  /** Removes the ready messages of a queue. */
  void purge(Queue queue) {
    connection.ask(
        "Purging " + queue.describe(), channel -> channel.queuePurge(names.queue(queue)));
  }

  /**
   * What kind of native queue is behind a queue.
   *
   * @return the kind, or empty when it cannot be found out
   * @throws DestinationNotFoundException when the queue does not exist
   * @throws io.anymq.InvalidDestinationException when its name is too long for that, and it is none
   *     of the ordinary kinds
   */
  Optional<QueueKind> kind(Queue queue) {
    return kinds.of(names.queue(queue));
  }

  /**
   * A queue is about to be used: warns of one that loses what it confirms.
   *
   * @throws io.anymq.InvalidDestinationException when it cannot serve as a queue at all
   */
  void check(Queue queue, QueueKind kind) {
    if (!isTemporary(queue)) {
      check.check(queue, names.queue(queue), kind);
    }
  }

  /**
   * Warns once of a durable subscription that may lose something. It can do no more than warn: that
   * the broker does not answer fails nothing, and the next consumer has it asked again.
   */
  void checkSubscription(String subscription, String queue) {
    try {
      check.checkSubscription(subscription, queue, () -> subscriptionKind(queue));
    } catch (MessagingException e) {
      NativeConnection.LOG.debug("Whether {} loses messages is not known", subscription, e);
    }
  }

  /** Another program may have made its queue; where that cannot be asked, this adapter has. */
  private QueueKind subscriptionKind(String queue) {
    try {
      return kinds.of(queue).orElse(kinds.ordinary());
    } catch (InvalidDestinationException e) {
      NativeConnection.LOG.debug("What {} is cannot be found out", queue, e);
      return QueueKind.UNKNOWN;
    }
  }

  /** What queues are that ask for nothing, and those of durable subscriptions. */
  QueueKind ordinary() {
    return kinds.ordinary();
  }

  /** Whether durable subscriptions take single messages back. */
  boolean subscriptionsCountDeliveries() {
    return kinds.ordinary().countsDeliveries();
  }

  /** Makes the queue of a durable subscription, unless it exists. */
  void declareDurableSubscription(String queue, String doing) {
    if (!queueExists(queue)) {
      kinds.declare(queue, kinds.ordinary(), doing);
    }
  }

  /** Makes the queue of a plain subscription, which ends with its consumer. */
  void declarePlainSubscription(String queue, String doing) {
    connection.ask(doing, channel -> channel.queueDeclare(queue, false, true, true, null));
  }

  /**
   * Makes the queue of a shared subscription, which ends with the last of its consumers.
   *
   * @param keyOrdered whether it gives what it has to one consumer, and to the next when that is
   *     gone
   */
  void declareSharedSubscription(String queue, boolean keyOrdered, String doing) {
    Map<String, Object> arguments = keyOrdered ? SHARED_IN_TURN : SHARED;
    connection.ask(doing, channel -> channel.queueDeclare(queue, true, false, true, arguments));
  }

  /** Makes a queue that ends with this link; its own connection alone consumes it. */
  void declareTemporary(Queue queue) {
    connection.ask(
        "Declaring temporary " + queue.describe(),
        channel -> channel.queueDeclare(names.queue(queue), false, true, false, null));
    temporary.add(queue);
  }

  /** Whether a queue ends with this link. */
  boolean isTemporary(Queue queue) {
    return temporary.contains(queue);
  }

  /** Deletes a queue by its native name. */
  void deleteQueue(String queue, String doing) {
    connection.ask(doing, channel -> channel.queueDelete(queue));
  }

  private boolean queueExists(String queue) {
    try {
      connection.ask("Looking for " + queue, channel -> channel.queueDeclarePassive(queue));
      return true;
    } catch (DestinationNotFoundException e) {
      return false;
    }
  }

  /**
   * A topic is an exchange that passes on what has the topic's name as routing key, as all that we
   * send has, to the exchange behind all topics, where subscriptions to patterns are bound.
   */
  private void declareTopic(Topic topic) {
    for (int attempt = 1; ; attempt++) {
      try {
        declareTopicNow(topic);
        return;
      } catch (DestinationNotFoundException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        NativeConnection.LOG.debug("{} was deleted before it was bound", topic.describe(), e);
      }
    }
  }

  /** Without waiting for its answer, so that the exchange is bound as soon as it is there. */
  private void declareTopicNow(Topic topic) {
    connection.ask(
        "Declaring " + topic.describe(),
        channel -> {
          declareExchange(channel, RabbitNames.ALL_TOPICS);
          channel.exchangeDeclareNoWait(
              names.topic(topic), BuiltinExchangeType.TOPIC, true, false, false, Map.of());
          return bindBehind(channel, topic);
        });
  }

  private AMQP.Exchange.BindOk bindBehind(Channel channel, Topic topic) throws IOException {
    return channel.exchangeBind(RabbitNames.ALL_TOPICS, names.topic(topic), topic.name());
  }

  /**
   * A topic is about to be sent to: sees to it that its exchange is bound. Somebody else may be
   * making it, and may have done the first step of the two; the broker confirms what it drops until
   * the second. An exchange that configuration names is left as it is.
   *
   * @throws DestinationNotFoundException when the topic does not exist
   */
  void requireBound(Topic topic) {
    if (names.isConfigured(topic)) {
      return;
    }
    try {
      bindBehind(topic);
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.ACCESS_REFUSED) {
        throw e;
      }
      NativeConnection.LOG.debug("{} is left as its maker binds it", topic.describe(), e);
    }
  }

  private void bindBehind(Topic topic) {
    String doing = "Binding " + topic.describe();
    try {
      connection.ask(doing, channel -> bindBehind(channel, topic));
    } catch (DestinationNotFoundException e) {
      NativeConnection.LOG.debug("One of the two exchanges is missing", e);
      connection.ask(
          doing,
          channel -> {
            declareExchange(channel, RabbitNames.ALL_TOPICS);
            return bindBehind(channel, topic);
          });
    }
  }

  private static void declareExchange(Channel channel, String exchange) throws IOException {
    channel.exchangeDeclare(exchange, BuiltinExchangeType.TOPIC, true);
  }

  /**
   * Binds a subscription's queue: to the topic's own exchange for whatever is published there, and
   * to the one behind all topics, so that the subscription outlives a topic that is deleted and
   * made again. The broker puts a message that comes both ways into the queue once.
   */
  void bind(Topic topic, String queue) {
    connection.ask(
        "Subscribing to " + topic.describe(),
        channel -> {
          String exchange = names.topic(topic);
          channel.queueBind(queue, exchange, ANY_KEY);
          if (names.isConfigured(topic)) {
            channel.queueBind(queue, exchange, topic.name());
          } else {
            declareExchange(channel, RabbitNames.ALL_TOPICS);
            channel.queueBind(queue, RabbitNames.ALL_TOPICS, topic.name());
          }
          return queue;
        });
  }

  /**
   * Binds a queue to all topics that match, those made later too: our patterns are the broker's.
   */
  void bind(TopicPattern pattern, String queue) {
    connection.ask(
        "Subscribing to topics '" + pattern.expression() + "'",
        channel -> {
          declareExchange(channel, RabbitNames.ALL_TOPICS);
          return channel.queueBind(queue, RabbitNames.ALL_TOPICS, pattern.expression());
        });
  }

  private String nativeQueue(Destination destination) {
    return names.queue((Queue) destination);
  }

  private static boolean isLocked(MessagingException failure) {
    return RabbitErrors.replyCode(failure).orElse(0) == AMQP.RESOURCE_LOCKED;
  }
}
