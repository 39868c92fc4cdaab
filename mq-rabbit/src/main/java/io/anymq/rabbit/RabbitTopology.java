package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.io.IOException;
import java.util.Map;

/**
 * Makes, finds and deletes what destinations and subscriptions are on the broker. Safe for use by
 * several threads; each question has a channel of its own.
 */
final class RabbitTopology {

  /**
   * How often a quorum queue takes a message back. It must never drop one before the core's own
   * limit sends it to the dead-letter queue: brokers from 4.0 on drop after 20 when nothing is set,
   * and 3.10, which takes -1 without a word, drops the first that comes back. So a number that no
   * message reaches, which all versions understand alike.
   */
  static final int DELIVERY_LIMIT = 1_000_000_000;

  private static final Map<String, Object> QUORUM =
      Map.of("x-queue-type", "quorum", "x-delivery-limit", DELIVERY_LIMIT);
  private static final Map<String, Object> CLASSIC = Map.of("x-queue-type", "classic");

  /**
   * Durable, as brokers from 4.x on discourage transient queues that are not exclusive; goes too
   * when its maker crashes before it consumes, and after a restart of the broker that nobody comes
   * back from.
   */
  private static final Map<String, Object> SHARED =
      Map.of("x-queue-type", "classic", "x-expires", 60_000);

  /** Matches every routing key of a topic exchange; other kinds ignore it or match it literally. */
  private static final String ANY_KEY = "#";

  private final NativeConnection connection;
  private final RabbitNames names;
  private final boolean quorum;

  RabbitTopology(NativeConnection connection, RabbitNames names, RabbitOptions.QueueType type) {
    this.connection = connection;
    this.names = names;
    this.quorum = type == RabbitOptions.QueueType.QUORUM;
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
    String doing = "Looking for " + destination;
    if (destination instanceof Topic topic) {
      connection.ask(doing, channel -> channel.exchangeDeclarePassive(names.topic(topic)));
    } else {
      connection.ask(doing, channel -> channel.queueDeclarePassive(nativeQueue(destination)));
    }
  }

  /**
   * Makes a destination unless it exists.
   *
   * @return whether it was made
   */
  boolean declare(Destination destination) {
    if (exists(destination)) {
      return false;
    }
    if (destination instanceof Topic topic) {
      declareTopic(topic);
    } else {
      declareQueue(nativeQueue(destination), "Declaring " + destination);
    }
    return true;
  }

  /** Deletes a destination. */
  void delete(Destination destination) {
    String doing = "Deleting " + destination;
    if (destination instanceof Topic topic) {
      connection.ask(doing, channel -> channel.exchangeDelete(names.topic(topic)));
    } else {
      connection.ask(doing, channel -> channel.queueDelete(nativeQueue(destination)));
    }
  }

  /** Removes the ready messages of a queue. */
  void purge(Queue queue) {
    connection.ask("Purging " + queue, channel -> channel.queuePurge(names.queue(queue)));
  }

  /**
   * Whether a queue is one that takes single messages back and counts them without a limit in our
   * way: one as this adapter makes it. Passive declaration does not tell, so this declares it just
   * as it would be made, right after having seen that it exists; the broker compares and does
   * nothing.
   *
   * @throws DestinationNotFoundException when the queue does not exist
   */
  boolean countsDeliveries(Queue queue) {
    lookFor(queue);
    if (!quorum) {
      return false;
    }
    try {
      declareQueue(names.queue(queue), "Comparing " + queue);
      return true;
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.BACKEND_FAILURE || e.code() == ErrorCode.ACCESS_REFUSED) {
        return false; // made otherwise by somebody else, or this user must not declare
      }
      throw e;
    }
  }

  /** Whether durable subscriptions take single messages back. */
  boolean subscriptionsCountDeliveries() {
    return quorum;
  }

  /** Makes the queue of a durable subscription, unless it exists. */
  void declareDurableSubscription(String queue, String doing) {
    if (!queueExists(queue)) {
      declareQueue(queue, doing);
    }
  }

  /** Makes the queue of a plain subscription, which ends with its consumer. */
  void declarePlainSubscription(String queue, String doing) {
    connection.ask(doing, channel -> channel.queueDeclare(queue, false, true, true, null));
  }

  /** Makes the queue of a shared subscription, which ends with the last of its consumers. */
  void declareSharedSubscription(String queue, String doing) {
    connection.ask(doing, channel -> channel.queueDeclare(queue, true, false, true, SHARED));
  }

  /** Makes a queue that ends with this link; its own connection alone consumes it. */
  void declareTemporary(Queue queue) {
    connection.ask(
        "Declaring temporary " + queue,
        channel -> channel.queueDeclare(names.queue(queue), false, true, false, null));
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

  private void declareQueue(String queue, String doing) {
    connection.ask(
        doing,
        channel -> channel.queueDeclare(queue, true, false, false, quorum ? QUORUM : CLASSIC));
  }

  /**
   * A topic is an exchange that passes on what has the topic's name as routing key, as all that we
   * send has, to the exchange behind all topics, where subscriptions to patterns are bound.
   */
  private void declareTopic(Topic topic) {
    String exchange = names.topic(topic);
    connection.ask(
        "Declaring " + topic,
        channel -> {
          declareExchange(channel, RabbitNames.ALL_TOPICS);
          declareExchange(channel, exchange);
          return channel.exchangeBind(RabbitNames.ALL_TOPICS, exchange, topic.name());
        });
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
        "Subscribing to " + topic,
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
        "Subscribing to " + pattern,
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
