package io.anymq.rabbit;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queues in which delayed messages wait, and the exchanges between them; see the package
 * documentation. All of them are made when they are needed first. Safe for use by several threads.
 *
 * <p>A broker that starts passes on what is due before it has all of its bindings again, which come
 * back in any order. A message to a queue has one way only, so that it goes there or stays; but one
 * to a topic would go to those subscriptions alone whose bindings are there, and what has its queue
 * would seem to have none. So what goes to a topic, or to no queue, passes the exchange {@link
 * #GATE}, which does not outlive the broker: a client can make it again only when the broker has
 * all the rest.
 */
final class RabbitDelays {

  /** Holds {@link #QUEUE} or {@link #TOPIC}: what a message goes to when it is due. */
  static final String KIND = RabbitHeaders.PREFIX + "due";

  /** Holds the exchange of the topic that a message goes to when it is due. */
  static final String EXCHANGE = RabbitHeaders.PREFIX + "due-exchange";

  static final String QUEUE = "queue";
  static final String TOPIC = "topic";

  /** Where all go that have waited for long enough. */
  private static final String DUE = "anymq/due";

  /** Where those to queues go from there, by the queue's native name. */
  private static final String DUE_QUEUES = "anymq/due/queues";

  /** Where those to topics go, through {@link #GATE}. */
  private static final String DUE_TOPICS = "anymq/due/topics";

  /** Takes what goes to a topic, or has no queue; gone when the broker ends. */
  static final String GATE = "anymq/due/gate";

  /** Takes what is due and has no queue any more. */
  private static final String UNDELIVERABLE = "anymq/undeliverable";

  /** Takes each message to a topic, and drops it. */
  static final String TOPICS_SINK = "anymq/due/topics-sink";

  static final String LEVEL_PREFIX = "anymq/wait/";

  private static final String DOING = "Preparing to delay messages";

  private final NativeConnection connection;
  private final RabbitNames names;
  private final Set<DelayPath.Wait> made = ConcurrentHashMap.newKeySet();
  private volatile boolean exchangesMade;
  private volatile boolean gateOpened;

  RabbitDelays(NativeConnection connection, RabbitNames names) {
    this.connection = connection;
    this.names = names;
  }

  /** The exchange at which a message begins to wait. */
  static String exchange(DelayPath path) {
    return level(path.entry());
  }

  /**
   * Where messages go when they are due.
   *
   * @param name of the native queue, or of the topic's exchange
   * @param topic whether it is a topic
   * @param text for the sentence of a failure
   */
  private record End(String name, boolean topic, String text) {}

  private End end(Destination destination) {
    return destination instanceof Topic topic
        ? new End(names.topic(topic), true, topic.describe())
        : new End(names.queue((Queue) destination), false, destination.describe());
  }

  /** One producer's way to its destination, when messages are due. Owned by one thread. */
  final class Destined {

    private final End destination;

    private Destined(End destination) {
      this.destination = destination;
    }

    /**
     * Sees to it that a message finds its way. Looks each time whether its destination is there:
     * somebody may have deleted it, and no broker tells when it confirms a message that waits. That
     * is one round trip, and nothing less would notice.
     *
     * @throws io.anymq.DestinationNotFoundException when the destination does not exist
     */
    void prepare(DelayPath path) {
      makeExchanges();
      path.waits().forEach(RabbitDelays.this::make);
      connection.ask(looking(destination), channel -> bind(channel, destination));
    }

    /** Adds the headers by which the broker finds the way. */
    void describe(DelayPath path, Map<String, Object> headers) {
      path.describe(headers);
      if (destination.topic()) {
        headers.put(KIND, TOPIC);
        headers.put(EXCHANGE, destination.name());
      } else {
        headers.put(KIND, QUEUE);
      }
    }
  }

  /** For a new producer. */
  Destined destined(Destination destination) {
    return new Destined(end(destination));
  }

  /** For messages that go back to a native queue after a while; its name is their routing key. */
  Destined destinedBack(String queue) {
    return new Destined(new End(queue, false, queue));
  }

  /** Something was not there that this link has seen: it has to be made again. */
  void forget() {
    exchangesMade = false;
    made.clear();
  }

  /**
   * A destination was made: what waits for one of its name goes to it. Where nothing was ever
   * delayed, or this user may not know of it, there is nothing to be done.
   */
  void made(Destination destination) {
    End end = end(destination);
    ifDelaysAreKnown(() -> connection.ask(looking(end), channel -> bind(channel, end)));
  }

  /**
   * Somebody consumes: what is due goes on that has stayed since the broker was started. Asks once
   * for a link. Where nothing was ever delayed there is nothing to be done.
   */
  void openGate() {
    if (gateOpened) {
      return;
    }
    try {
      connection.ask(
          "Looking for delayed messages that are due",
          channel -> {
            channel.exchangeDeclarePassive(DUE_TOPICS);
            return makeGate(channel);
          });
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.ACCESS_REFUSED) {
        NativeConnection.LOG.warn(
            "What was due to topics while the broker was away waits for a user with the right to"
                + " configure, write and read anymq/.*",
            e);
      } else if (e.code() != ErrorCode.DESTINATION_NOT_FOUND) {
        throw e;
      }
    }
    gateOpened = true;
  }

  /** Whether this link has delayed something. */
  boolean areMade() {
    return exchangesMade;
  }

  /** Whether anything was ever delayed at this broker. Where nothing was, that logs an error. */
  boolean exist() {
    try {
      connection.ask(
          "Looking for delayed messages", channel -> channel.exchangeDeclarePassive(DUE));
      return true;
    } catch (DestinationNotFoundException e) {
      return false;
    }
  }

  private static void ifDelaysAreKnown(Runnable work) {
    try {
      work.run();
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.DESTINATION_NOT_FOUND && e.code() != ErrorCode.ACCESS_REFUSED) {
        throw e;
      }
      NativeConnection.LOG.debug("No delayed messages are expected", e);
    }
  }

  private static String looking(End end) {
    return "Looking for " + end.text() + " to delay messages to it";
  }

  private static Object bind(Channel channel, End end) throws IOException {
    String name = end.name();
    return end.topic()
        ? channel.exchangeBind(name, DUE_TOPICS, "", match(EXCHANGE, name))
        : channel.queueBind(name, DUE_QUEUES, name);
  }

  private void makeExchanges() {
    if (exchangesMade) {
      return;
    }
    connection.ask(
        DOING,
        channel -> {
          makeEnd(channel);
          for (int level = 0; level < DelayPath.LEVELS; level++) {
            headersExchange(channel, level(level));
            channel.exchangeBind(next(level), level(level), "", match(DelayPath.header(level), 0));
          }
          return channel;
        });
    exchangesMade = true;
  }

  private static void makeEnd(Channel channel) throws IOException {
    channel.queueDeclare(UNDELIVERABLE, true, false, false, QueueKind.QUORUM.arguments());
    Map<String, Object> otherwise = Map.of("alternate-exchange", GATE);
    channel.exchangeDeclare(DUE_QUEUES, BuiltinExchangeType.DIRECT, true, false, otherwise);
    channel.exchangeDeclare(DUE, BuiltinExchangeType.HEADERS, true, false, otherwise);
    channel.exchangeBind(DUE_QUEUES, DUE, "", match(KIND, QUEUE));
    headersExchange(channel, DUE_TOPICS);
    channel.queueDeclare(
        TOPICS_SINK, true, false, false, Map.of("x-queue-type", "quorum", "x-message-ttl", 0));
    channel.queueBind(TOPICS_SINK, DUE_TOPICS, "", match(KIND, TOPIC));
    makeGate(channel);
  }

  /** Bound to nothing that survives: it is found as the alternate of the others, by its name. */
  private static Channel makeGate(Channel channel) throws IOException {
    channel.exchangeDeclare(GATE, BuiltinExchangeType.HEADERS, false);
    channel.exchangeBind(DUE_TOPICS, GATE, "", match(KIND, TOPIC));
    channel.queueBind(UNDELIVERABLE, GATE, "", match(KIND, QUEUE));
    return channel;
  }

  private void make(DelayPath.Wait wait) {
    if (made.contains(wait)) {
      return;
    }
    String queue = level(wait.level()) + "/" + wait.label();
    connection.ask(
        DOING,
        channel -> {
          channel.queueDeclare(queue, true, false, false, arguments(wait));
          return channel.queueBind(
              queue, level(wait.level()), "", match(DelayPath.header(wait.level()), wait.label()));
        });
    made.add(wait);
  }

  /**
   * The broker takes a message out only when the next queue has it, which it does for quorum queues
   * that refuse when they are full alone.
   */
  private static Map<String, Object> arguments(DelayPath.Wait wait) {
    return Map.of(
        "x-queue-type", "quorum",
        "x-dead-letter-strategy", "at-least-once",
        "x-overflow", "reject-publish",
        "x-message-ttl", wait.millis(),
        "x-dead-letter-exchange", next(wait.level()));
  }

  private static void headersExchange(Channel channel, String name) throws IOException {
    channel.exchangeDeclare(name, BuiltinExchangeType.HEADERS, true);
  }

  private static Map<String, Object> match(String header, Object value) {
    return Map.of("x-match", "all-with-x", header, value);
  }

  private static String level(int level) {
    return LEVEL_PREFIX + level;
  }

  private static String next(int level) {
    return level == 0 ? DUE : level(level - 1);
  }
}
