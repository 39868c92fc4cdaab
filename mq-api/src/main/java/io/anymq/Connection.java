package io.anymq;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A connection to a broker. May be shared between threads. It recovers by itself: after the
 * connection was lost, producers, consumers and subscriptions are made again, and unconfirmed sends
 * are sent again; calls wait meanwhile, up to their time limits.
 */
public interface Connection extends AutoCloseable {

  /** What this connection can do. */
  Capabilities capabilities();

  /** What this connection talks to. */
  BackendInfo backend();

  /** The present state. */
  ConnectionState state();

  /**
   * A producer with all defaults.
   *
   * @param destination where it sends to
   * @return the producer
   * @throws MessagingException as {@link #createProducer(Destination, ProducerOptions)} does
   */
  default Producer createProducer(Destination destination) {
    return createProducer(destination, ProducerOptions.DEFAULT);
  }

  /**
   * Makes a producer.
   *
   * @param destination where it sends to
   * @param options its options
   * @return the producer
   * @throws DestinationNotFoundException when the destination does not exist and the options forbid
   *     to make it
   * @throws MessagingException when the backend refuses or does not answer in time
   */
  Producer createProducer(Destination destination, ProducerOptions options);

  /** A consumer with all defaults, for the receive methods. */
  default Consumer createConsumer(Queue queue) {
    return createConsumer(queue, ConsumerOptions.DEFAULT);
  }

  /**
   * Makes a consumer for the receive methods.
   *
   * @param queue the queue
   * @param options its options; the concurrency must be 1
   * @return the consumer
   * @throws DestinationNotFoundException when the queue does not exist and the options forbid to
   *     make it
   * @throws UnsupportedCapabilityException when an option asks for what the backend cannot do
   * @throws MessagingException when the backend refuses or does not answer in time
   */
  Consumer createConsumer(Queue queue, ConsumerOptions options);

  /**
   * Makes a consumer with a listener, which is called from now on.
   *
   * @param queue the queue
   * @param options its options
   * @param listener handles the deliveries
   * @return the consumer; close it to stop
   * @throws MessagingException as {@link #createConsumer(Queue, ConsumerOptions)} does
   */
  Consumer createConsumer(Queue queue, ConsumerOptions options, MessageListener listener);

  /** A plain subscription with all defaults, for the receive methods. */
  default Subscription subscribe(Topic topic) {
    return subscribe(topic, SubscriptionOptions.DEFAULT);
  }

  /**
   * Subscribes, for the receive methods. When this returns the subscription is live: everything
   * sent afterwards reaches it.
   *
   * @param topic the topic
   * @param options its options
   * @return the subscription
   * @throws UnsupportedCapabilityException when an option asks for what the backend cannot do
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE} when another consumer
   *     holds this durable subscription; otherwise when the backend refuses or does not answer in
   *     time
   */
  Subscription subscribe(Topic topic, SubscriptionOptions options);

  /**
   * Subscribes with a listener, which is called from now on.
   *
   * @param topic the topic
   * @param options its options
   * @param listener handles the deliveries
   * @return the subscription
   * @throws MessagingException as {@link #subscribe(Topic, SubscriptionOptions)} does
   */
  Subscription subscribe(Topic topic, SubscriptionOptions options, MessageListener listener);

  /**
   * Subscribes to all topics that match a pattern, those made later included.
   *
   * @param pattern the pattern
   * @param options the subscription's options
   * @return the subscription
   * @throws UnsupportedCapabilityException without {@link Capability#TOPIC_PATTERNS}
   * @throws MessagingException as {@link #subscribe(Topic, SubscriptionOptions)} does
   */
  Subscription subscribe(TopicPattern pattern, SubscriptionOptions options);

  /**
   * Subscribes with a listener to all topics that match a pattern, those made later included.
   *
   * @param pattern the pattern
   * @param options the subscription's options
   * @param listener handles the deliveries
   * @return the subscription
   * @throws MessagingException as {@link #subscribe(TopicPattern, SubscriptionOptions)} does
   */
  Subscription subscribe(
      TopicPattern pattern, SubscriptionOptions options, MessageListener listener);

  /**
   * Removes a durable subscription that no consumer holds, with what it has kept. One that does not
   * exist is no failure.
   *
   * @param topic the topic
   * @param name the subscription's name
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE} when a consumer holds it
   */
  void unsubscribe(Topic topic, String name);

  /**
   * Removes a durable subscription to a pattern, as {@link #unsubscribe(Topic, String)} does for a
   * topic.
   *
   * @param pattern the pattern
   * @param name the subscription's name
   * @throws UnsupportedCapabilityException without {@link Capability#TOPIC_PATTERNS}
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE} when a consumer holds it
   */
  void unsubscribe(TopicPattern pattern, String name);

  /**
   * Begins a session.
   *
   * @return a session, for one thread at a time
   * @throws UnsupportedCapabilityException without {@link Capability#TRANSACTIONS}
   */
  Session createSession();

  /**
   * Sends one message, by a producer that the connection keeps for the destination.
   *
   * @param destination where to
   * @param message the message
   * @return the message as it was sent
   * @throws MessagingException as {@link Producer#send(Message)} does
   */
  Message send(Destination destination, Message message);

  /**
   * Sends one message without waiting, by a producer that the connection keeps for the destination.
   *
   * @param destination where to
   * @param message the message
   * @return as {@link Producer#sendAsync}
   * @throws MessagingException as {@link Producer#sendAsync} does
   */
  CompletableFuture<Message> sendAsync(Destination destination, Message message);

  /**
   * Sends a request and waits for its reply. The reply comes to a temporary queue of this
   * connection, which is the request's reply-to. A reply that comes too late is dropped; so are
   * replies under way when the connection is lost.
   *
   * @param destination where to
   * @param request the request, without a reply-to; its correlation id, or its id where it has
   *     none, is what the reply is known by
   * @param timeout how long to wait for the reply, from when the request is handed to the producer
   * @return the reply
   * @throws MessagingTimeoutException when no reply came in time; the request may be handled yet
   * @throws InvalidMessageException when the request has a reply-to
   * @throws UnsupportedCapabilityException without {@link Capability#REQUEST_REPLY}
   * @throws MessagingException as {@link Producer#send(Message)} does; with {@link
   *     ErrorCode#ILLEGAL_USE} when a request of this correlation id waits already
   */
  Message request(Destination destination, Message request, Duration timeout);

  /**
   * As {@link #request}, without waiting for the reply. Stages that depend on the future may block,
   * as those of {@link Producer#sendAsync} may.
   *
   * @param destination where to
   * @param request the request, without a reply-to
   * @param timeout how long to wait for the reply, from when the request is handed to the producer
   * @return completes with the reply, or with what {@link #request} throws
   * @throws MessagingException when the request cannot be sent at all
   */
  CompletableFuture<Message> requestAsync(
      Destination destination, Message request, Duration timeout);

  /**
   * Replies to a request: sends to its reply-to, with its correlation id, or with its id where it
   * has none.
   *
   * @param request the request, as it was received
   * @param answer the reply, without a correlation id
   * @return the reply as it was sent
   * @throws DestinationNotFoundException when the requester has gone
   * @throws InvalidMessageException when the request has no reply-to, or the reply another
   *     correlation id
   * @throws MessagingException as {@link Producer#send(Message)} does
   */
  Message reply(Message request, Message answer);

  /**
   * How many messages a queue holds. Passive: it creates nothing, joins nothing, consumes and moves
   * nothing.
   *
   * @param queue the queue
   * @return the depth
   * @throws DestinationNotFoundException when the queue does not exist
   * @throws UnsupportedCapabilityException without {@link Capability#QUEUE_DEPTH}
   */
  QueueDepth depth(Queue queue);

  /**
   * Looks at a queue's messages without taking them.
   *
   * @param queue the queue
   * @return a browser; close it
   * @throws DestinationNotFoundException when the queue does not exist
   * @throws UnsupportedCapabilityException without {@link Capability#BROWSE}
   */
  QueueBrowser createBrowser(Queue queue);

  /**
   * Makes a queue with a name of its own that goes away with this connection. Anybody may send to
   * it; only this connection consumes it. After a lost connection it is made again, empty.
   *
   * @return the queue
   * @throws UnsupportedCapabilityException without {@link Capability#TEMPORARY_QUEUES}
   */
  Queue createTemporaryQueue();

  /**
   * Makes a destination, unless it exists.
   *
   * @param destination the destination
   * @throws MessagingException when the backend refuses or does not answer in time
   */
  void declare(Destination destination);

  /**
   * Makes a queue with options, unless it exists.
   *
   * @param queue the queue
   * @param options how it is made
   * @throws UnsupportedCapabilityException when an option asks for what the backend cannot do
   * @throws InvalidOptionException when it exists with other options; nothing is changed. Default
   *     options ask for none, and leave it as it is
   * @throws MessagingException when the backend refuses or does not answer in time
   */
  void declare(Queue queue, QueueOptions options);

  /**
   * Deletes a destination with all its messages. One that does not exist is no failure.
   *
   * @param destination the destination
   * @throws UnsupportedCapabilityException where the backend would keep nothing, for a durable
   *     subscription to a pattern that matches this topic, of a topic that is made again
   * @throws MessagingException when the backend refuses or does not answer in time
   */
  void delete(Destination destination);

  /**
   * Tells whether a destination exists. Passive.
   *
   * @param destination the destination
   * @return whether it exists
   * @throws MessagingException when the backend does not answer in time
   */
  boolean exists(Destination destination);

  /**
   * Removes all messages of a queue that no consumer holds.
   *
   * @param queue the queue
   * @throws DestinationNotFoundException when the queue does not exist
   * @throws UnsupportedCapabilityException without {@link Capability#PURGE}
   */
  void purge(Queue queue);

  /**
   * A native object of the client library behind this connection, as the adapter's package
   * documentation lists them. It is the one in use now: after a recovery there is another.
   *
   * @param type the native type
   * @param <T> the native type
   * @return the object
   * @throws MessagingException with {@link ErrorCode#ILLEGAL_USE} when there is none of that type
   */
  <T> T unwrap(Class<T> type);

  /** Closes, waiting up to {@link ConnectionOptions#CLOSE_TIMEOUT}. Closing again does nothing. */
  @Override
  void close();

  /**
   * Closes: running listeners finish, unconfirmed sends are waited for, producers, consumers and
   * sessions close; no thread and no socket is left. Works while other threads are blocked in
   * receive or send. Closing again does nothing.
   *
   * @param timeout how long to wait for listeners and unconfirmed sends
   */
  void close(Duration timeout);
}
