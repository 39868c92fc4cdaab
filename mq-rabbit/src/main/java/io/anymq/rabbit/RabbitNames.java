package io.anymq.rabbit;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.NativeNames;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Native names of what is portable. No two portable things share a native name: what is not a queue
 * of its own name has a slash in it, which no portable name has.
 */
final class RabbitNames {

  /** The topic exchange behind all topics; see the package documentation. */
  static final String ALL_TOPICS = "anymq/topics";

  /** The broker refuses that names with this beginning are declared. */
  private static final String RESERVED = "amq.";

  /** Names that the broker itself gives to queues; they can be used but not declared. */
  private static final String SERVER_NAMED = "amq.gen-";

  private static final String DIRECT_REPLY = "amq.rabbitmq.reply-to";
  private static final String QUEUE_PREFIX = "queue/";
  private static final String TOPIC_PREFIX = "topic/";

  /** Of exchanges that stand for no topic. */
  private static final String INTERNAL_PREFIX = "anymq/";

  private static final String LOCK_PREFIX = "lock/";
  private static final String STREAM_PREFIX = "stream/";
  private static final String TURN_PREFIX = "turn/";
  private static final String HAND_OUTS_PREFIX = "handed-out/";

  /** AMQP 0-9-1 short strings, which names are, hold this many bytes; ours are all ASCII. */
  private static final int MAX_LENGTH = 255;

  private static final RabbitNames NONE = new RabbitNames(NativeNames.none());

  private final NativeNames configured;

  RabbitNames(NativeNames configured) {
    this.configured = configured;
  }

  /** Those without configuration. */
  static RabbitNames none() {
    return NONE;
  }

  /** The native queue of a queue. */
  String queue(Queue queue) {
    return configured.of(queue).orElseGet(() -> ownQueue(queue.name()));
  }

  private static String ownQueue(String name) {
    boolean escaped =
        name.startsWith(RESERVED)
            && !name.startsWith(SERVER_NAMED)
            && !name.startsWith(DIRECT_REPLY);
    return escaped ? QUEUE_PREFIX + name : name;
  }

  /** The exchange of a topic. */
  String topic(Topic topic) {
    return configured.of(topic).orElseGet(() -> TOPIC_PREFIX + topic.name());
  }

  /** Whether configuration says what a topic's exchange is. */
  boolean isConfigured(Topic topic) {
    return configured.of(topic).isPresent();
  }

  /** The queue of a durable subscription. */
  String subscription(Topic topic, String name) {
    return named("subscription", topic.name(), name);
  }

  /** The queue of a durable subscription to a pattern. */
  String subscription(TopicPattern pattern, String name) {
    return named("pattern-subscription", pattern.expression(), name);
  }

  /** The queue of a shared subscription that is not durable. */
  String sharedSubscription(Topic topic, String name) {
    return named("shared", topic.name(), name);
  }

  /** The queue of a shared subscription to a pattern that is not durable. */
  String sharedSubscription(TopicPattern pattern, String name) {
    return named("pattern-shared", pattern.expression(), name);
  }

  /** A kind that ends in a hash stands for the kind whose whole name would be too long. */
  private static String named(String kind, String topics, String name) {
    String plain = kind + "/" + topics + "/" + name;
    return LOCK_PREFIX.length() + plain.length() <= MAX_LENGTH
        ? plain
        : kind
            + "#/"
            + Digests.sha256(plain)
            + "/"
            + name.substring(0, Math.min(100, name.length()));
  }

  /** The exclusive queue whose existence says that somebody holds that subscription. */
  String lock(String subscription) {
    return LOCK_PREFIX + subscription;
  }

  /** The stream that keeps what is sent to a topic. */
  String stream(Topic topic) {
    return STREAM_PREFIX + topic.name();
  }

  /** The exclusive queue of the one consumer whose turn it is at a queue. */
  String turn(String queue) {
    return TURN_PREFIX + queue;
  }

  /** The log of what was handed out of the messages of a queue. */
  String handOuts(String queue) {
    String plain = HAND_OUTS_PREFIX + queue;
    return plain.getBytes(StandardCharsets.UTF_8).length <= MAX_LENGTH
        ? plain
        : HAND_OUTS_PREFIX + Digests.sha256(queue);
  }

  /** A new queue for a plain subscription to a pattern. */
  String plainSubscription(TopicPattern pattern) {
    return "pattern-subscriber/" + pattern.expression() + "/" + UUID.randomUUID();
  }

  /** A new queue for a plain subscription. */
  String plainSubscription(Topic topic) {
    return "subscriber/" + topic.name() + "/" + UUID.randomUUID();
  }

  /**
   * The portable queue that a native reply-to names.
   *
   * @return the queue, or empty when no portable name stands for that native one
   */
  Optional<Queue> portableQueue(String nativeName) {
    if (configured.portable(true, nativeName).orElse(null) instanceof Queue queue) {
      return Optional.of(queue);
    }
    String name =
        nativeName.startsWith(QUEUE_PREFIX + RESERVED)
            ? nativeName.substring(QUEUE_PREFIX.length())
            : nativeName;
    return Portable.queue(name).filter(queue -> queue(queue).equals(nativeName));
  }

  /** A native queue, as messages name the queue that it stands for. */
  String describeQueue(String queue) {
    String own =
        queue.startsWith(QUEUE_PREFIX + RESERVED) ? withoutPrefix(queue, QUEUE_PREFIX) : queue;
    return configured
        .portable(true, queue)
        .map(Destination::describe)
        .orElseGet(() -> "queue '%s'".formatted(own));
  }

  /** A native exchange, as messages name the topic that it stands for; others as they are. */
  String describeExchange(String exchange) {
    String own =
        exchange.startsWith(INTERNAL_PREFIX)
            ? "exchange '%s'".formatted(exchange)
            : "topic '%s'".formatted(withoutPrefix(exchange, TOPIC_PREFIX));
    return configured.portable(false, exchange).map(Destination::describe).orElse(own);
  }

  private static String withoutPrefix(String name, String prefix) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }
}
