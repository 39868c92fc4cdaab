package io.anymq;

/**
 * A unit of work. Its sends are held back and its deliveries stay unsettled until {@link #commit};
 * {@link #rollback} drops the sends and releases the deliveries. A unit begins with the session and
 * after each commit or rollback.
 *
 * <p>With {@link Capability#ATOMIC_TRANSACTIONS} a commit is one step. Elsewhere the sends are
 * confirmed first, then the deliveries are accepted: a crash in between duplicates, and never
 * loses.
 *
 * <p>Used by one thread at a time: a call while another thread is in a call is refused with {@link
 * ErrorCode#ILLEGAL_USE}. Consumers of a session have no listener. {@link #close} may be called
 * from any thread.
 */
public interface Session extends AutoCloseable {

  /**
   * A producer whose sends belong to this session's unit of work: {@code send} returns at once, and
   * the future of {@code sendAsync} completes with the commit, and at the latest soon after it
   * where something depends on it: that runs on another thread, and may block. A message with a
   * delivery delay is refused with {@link UnsupportedCapabilityException} where commits cannot
   * include one.
   *
   * @param destination where it sends to
   * @return the producer
   * @throws MessagingException as {@link Connection#createProducer(Destination)} does
   */
  Producer createProducer(Destination destination);

  /**
   * A consumer whose deliveries belong to this session's unit of work. A delivery is accepted by
   * the commit, unless the application released or rejected it, which also takes effect then.
   *
   * @param queue the queue
   * @param options its options; the acknowledgement mode does not matter
   * @return the consumer
   * @throws MessagingException as {@link Connection#createConsumer(Queue, ConsumerOptions)} does
   */
  Consumer createConsumer(Queue queue, ConsumerOptions options);

  /** As {@link #createConsumer(Queue, ConsumerOptions)}, with all defaults. */
  default Consumer createConsumer(Queue queue) {
    return createConsumer(queue, ConsumerOptions.DEFAULT);
  }

  /**
   * A subscription whose deliveries belong to this session's unit of work.
   *
   * @param topic the topic
   * @param options its options
   * @return the subscription
   * @throws MessagingException as {@link Connection#subscribe(Topic, SubscriptionOptions)} does
   */
  Subscription subscribe(Topic topic, SubscriptionOptions options);

  /**
   * Makes the unit's sends visible, then accepts its deliveries.
   *
   * @throws RolledBackException when nothing of it was done; the unit has been rolled back
   * @throws SendInDoubtException when it is not known how much of it was done
   */
  void commit();

  /**
   * Drops the unit's sends, and releases its deliveries: they come again after the {@link
   * ConsumerOptions#redeliveryDelay} of their consumers.
   */
  void rollback();

  /**
   * Rolls back, and closes the session's producers and consumers. The deliveries go back at once;
   * only a delay that was asked for with {@link Delivery#release(java.time.Duration)} is kept.
   * Closing again does nothing.
   */
  @Override
  void close();
}
