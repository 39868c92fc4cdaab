package io.anymq.rabbit;

import io.anymq.Option;
import java.time.Duration;
import java.util.List;

/** The options that this adapter has beside those of every connection. */
final class RabbitOptions {

  /** What kind of native queue is made. */
  enum QueueType {
    /** Replicated where the broker is a cluster, and counts deliveries. */
    QUORUM,
    /** Kept by one node; does not count deliveries. */
    CLASSIC
  }

  /** What a queue, or a durable subscription, that does not exist yet is made as. */
  static final Option<QueueType> QUEUE_TYPE =
      Option.choice(
          "queue-type",
          QueueType.class,
          QueueType.QUORUM,
          "what queues and durable subscriptions are made as: quorum or classic");

  /**
   * Half of the time after which a silent peer counts as gone: amqp-client gives up after two
   * missed heartbeats. Whole seconds, as AMQP 0-9-1 has it; the broker may ask for fewer.
   */
  static final Option<Duration> HEARTBEAT =
      Option.of(
          "heartbeat",
          RabbitOptions::parseHeartbeat,
          "whole seconds from 1s to 1h, such as 10s",
          Duration.ofSeconds(10),
          "after twice this time a silent broker counts as lost");

  private static final long MAX_HEARTBEAT_SECONDS = 3600;

  private static final Option<Duration> DURATION =
      Option.duration("heartbeat", Duration.ofSeconds(10), "reads the text of a heartbeat");

  private RabbitOptions() {}

  static List<Option<?>> all() {
    return List.of(QUEUE_TYPE, HEARTBEAT);
  }

  private static Duration parseHeartbeat(String text) {
    Duration heartbeat = DURATION.parse(text);
    boolean whole = heartbeat.equals(Duration.ofSeconds(heartbeat.toSeconds()));
    if (!whole || heartbeat.toSeconds() > MAX_HEARTBEAT_SECONDS) {
      throw new IllegalArgumentException(text);
    }
    return heartbeat;
  }
}
