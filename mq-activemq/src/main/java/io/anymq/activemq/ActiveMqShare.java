package io.anymq.activemq;

import io.anymq.InvalidDestinationException;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.Source;
import java.util.Optional;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ConsumerInfo;

/**
 * The native names behind a named subscription: the durable subscription that collects; and, where
 * it is shared, the queue that its members share, and the one whose first consumer does the moving.
 * No portable name holds a colon, so that no two subscriptions meet, and no queue of an
 * application.
 *
 * @param origin what is subscribed to: a topic, or a native pattern
 * @param key tells it from all others
 * @param name the native name of the durable subscription
 * @param durable whether it outlives its last member
 */
record ActiveMqShare(ActiveMQDestination origin, String key, String name, boolean durable) {

  /** The words before the names of queues that are shared, and of leases. */
  static final String QUEUES = "anymq:shared.";

  static final String LEASES = "anymq:lease.";

  /** Before the names of queues that are empty: each says that there is a durable subscription. */
  static final String MARKS = "anymq:durable.";

  /**
   * What ends with its last member has this before its key. No portable name holds a colon: so no
   * topic's key begins like that.
   */
  private static final String WHILE_USED = ":while-used:";

  /** What collects from a pattern has this before its key, for the same reason. */
  static final String PATTERN = ":pattern:";

  /** What a source is natively; empty when it has no name. */
  static Optional<ActiveMqShare> of(Source source, ActiveMqDestinations names) {
    if (source instanceof Source.OfTopic of) {
      return of.terms().name().map(name -> of(of.topic(), name, names).lasting(of.terms()));
    }
    if (source instanceof Source.OfPattern of) {
      return of.terms().name().map(name -> of(of.pattern(), name).lasting(of.terms()));
    }
    return Optional.empty();
  }

  /** A durable subscription to a topic. */
  static ActiveMqShare of(Topic topic, String name, ActiveMqDestinations names) {
    ActiveMQDestination origin = names.toNative(topic);
    return new ActiveMqShare(origin, origin.getPhysicalName() + ":" + name, name, true);
  }

  /** A durable subscription to a pattern, which may be written like a topic's name. */
  static ActiveMqShare of(TopicPattern pattern, String name) {
    String key = PATTERN + pattern.expression() + ":" + name;
    return new ActiveMqShare(ActiveMqPatterns.toNative(pattern), key, name, true);
  }

  private ActiveMqShare lasting(Source.Terms terms) {
    return terms.durable()
        ? this
        : new ActiveMqShare(origin, WHILE_USED + literal(key), name, false);
  }

  /**
   * What is left of one that ended with a crash of all of its members.
   *
   * @param lease a lease of the broker's, which nobody consumes
   * @return it, or empty when the lease belongs to a durable one
   */
  static Optional<ActiveMqShare> abandoned(ActiveMQDestination lease) {
    String key = lease.getPhysicalName().substring(LEASES.length());
    String name = key.substring(key.lastIndexOf(':') + 1);
    return key.startsWith(WHILE_USED)
        ? Optional.of(new ActiveMqShare(lease, key, name, false))
        : Optional.empty();
  }

  /** The identity of the one connection that consumes the durable subscription. */
  String clientId() {
    return "anymq:" + key;
  }

  /** The queue that the members share. */
  ActiveMQQueue queue() {
    return new ActiveMQQueue(QUEUES + literal(key));
  }

  /** The queue whose exclusive consumer moves what has been collected. */
  ActiveMQQueue lease() {
    return new ActiveMQQueue(LEASES + literal(key));
  }

  /** The empty queue by which the durable subscription is found when its topic is deleted. */
  ActiveMQQueue mark() {
    return new ActiveMQQueue(MARKS + literal(key));
  }

  /**
   * The durable subscription that a queue of {@link #MARKS} or {@link #QUEUES} belongs to; empty
   * when it is to another topic, or to a pattern, or goes with its members.
   */
  static Optional<ActiveMqShare> ofTopic(ActiveMQDestination topic, ActiveMQDestination queue) {
    String name = queue.getPhysicalName();
    String key = name.substring(name.indexOf('.') + 1);
    String own = topic.getPhysicalName() + ":";
    return key.startsWith(own) && key.indexOf(':', own.length()) < 0
        ? Optional.of(new ActiveMqShare(topic, key, key.substring(own.length()), true))
        : Optional.empty();
  }

  /**
   * A subscription to a pattern that keeps what is sent.
   *
   * @param pattern what is subscribed to
   * @param name the subscription's name
   * @param whileUsed whether it goes with its last member
   */
  record OfPattern(TopicPattern pattern, String name, boolean whileUsed) {}

  /** That of a queue of {@link #MARKS} or {@link #QUEUES}; empty when it is one to a topic. */
  static Optional<OfPattern> ofPattern(ActiveMQDestination queue) {
    String name = queue.getPhysicalName();
    String marked = name.substring(name.indexOf('.') + 1);
    boolean whileUsed = marked.startsWith(WHILE_USED);
    String key = whileUsed ? marked.substring(WHILE_USED.length()) : marked;
    int end = key.lastIndexOf(':');
    if (!key.startsWith(PATTERN) || end < PATTERN.length()) {
      return Optional.empty();
    }
    String expression = key.substring(PATTERN.length(), end).replace('+', '*');
    try {
      TopicPattern pattern = TopicPattern.of(expression);
      return Optional.of(new OfPattern(pattern, key.substring(end + 1), whileUsed));
    } catch (InvalidDestinationException e) {
      return Optional.empty(); // somebody else's queue, whose name begins alike
    }
  }

  /** An asterisk would make the queue's name a pattern. */
  private static String literal(String name) {
    return name.replace('*', '+');
  }

  /** Whether a shared queue or a lease belongs to a subscription to that topic. */
  static boolean isOf(ActiveMQDestination topic, ActiveMQDestination queue) {
    String name = queue.getPhysicalName();
    String marked = name.substring(name.indexOf('.') + 1);
    String key = marked.startsWith(WHILE_USED) ? marked.substring(WHILE_USED.length()) : marked;
    String own = topic.getPhysicalName() + ":";
    return key.startsWith(own) && key.indexOf(':', own.length()) < 0;
  }

  /** The lease that belongs to a shared queue, or is that one itself. */
  static ActiveMQQueue lease(ActiveMQDestination queue) {
    String name = queue.getPhysicalName();
    return new ActiveMQQueue(LEASES + name.substring(name.indexOf('.') + 1));
  }

  /** What the broker is told of the consumer of the durable subscription. */
  ConsumerInfo collector(OpenWire wire, int prefetch) {
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(origin);
    if (origin.isPattern()) {
      info.setSelector(ActiveMqPatterns.NO_ADVISORIES);
    }
    info.setClientId(clientId()); // Artemis takes it from here, Classic from the connection
    info.setSubscriptionName(name);
    info.setPrefetchSize(prefetch);
    info.setDispatchAsync(true);
    return info;
  }
}
