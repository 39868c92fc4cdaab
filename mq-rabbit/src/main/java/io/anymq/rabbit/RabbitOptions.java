package io.anymq.rabbit;

import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.Options;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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

  /**
   * How long topics keep what is sent to them, for subscriptions that begin in the past. Off by
   * default, as the broker stores each message to a topic once more.
   */
  static final Option<Duration> REPLAY_RETENTION =
      Option.of(
          "replay-retention",
          RabbitOptions::parseRetention,
          "whole seconds from 1s on, such as 24h",
          null,
          "how long topics keep what is sent, to be replayed; topics that this connection uses get a stream. Not kept where it is not set");

  /** How much of it they keep. */
  static final Option<Long> REPLAY_BYTES =
      Option.of(
          "replay-bytes",
          RabbitOptions::parseBytes,
          "a number of bytes from 1 on",
          null,
          "how many bytes a topic keeps to be replayed; not limited where it is not set");

  /**
   * Where the management plug-in's interface is. Never printed, as somebody may write a password
   * into it, which is refused.
   */
  static final Option<String> MANAGEMENT =
      Option.secret(
          "management",
          "the URL of the broker's management interface, such as http://host:15672; with it, a depth tells how many messages are in flight");

  /** The user there. */
  static final Option<String> MANAGEMENT_USER =
      Option.text(
          "management-user",
          null,
          "the user of the management interface; default: that of the connection");

  /** The password there. */
  static final Option<String> MANAGEMENT_PASSWORD =
      Option.secret(
          "management-password",
          "the password of the management interface; default: that of the connection");

  private static final long MAX_HEARTBEAT_SECONDS = 3600;
  private static final int MAX_PORT = 65_535;

  private static final Option<Duration> DURATION =
      Option.duration("heartbeat", Duration.ofSeconds(10), "reads the text of a heartbeat");

  private RabbitOptions() {}

  static List<Option<?>> all() {
    return List.of(
        QUEUE_TYPE,
        HEARTBEAT,
        REPLAY_RETENTION,
        REPLAY_BYTES,
        MANAGEMENT,
        MANAGEMENT_USER,
        MANAGEMENT_PASSWORD);
  }

  /**
   * Where the management interface is, if the options tell.
   *
   * @throws InvalidOptionException when that is no such URL
   */
  static Optional<URI> management(Options options) {
    return options.find(MANAGEMENT).map(RabbitOptions::parseManagement);
  }

  private static URI parseManagement(String text) {
    try {
      URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean more =
          text.contains("@") // of a password with a slash, all before it looks like a host
              || uri.getRawQuery() != null
              || uri.getRawFragment() != null
              || uri.getPort() > MAX_PORT;
      if (http && uri.getHost() != null && !more) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      NativeConnection.LOG.debug("Option 'management' is no URI"); // the cause would print it
    }
    throw new InvalidOptionException(
        "Option 'management' must be a URL such as http://host:15672, without user and password:"
            + " these are management-user and management-password");
  }

  private static Duration parseRetention(String text) {
    Duration retention = DURATION.parse(text);
    if (!retention.equals(Duration.ofSeconds(retention.toSeconds()))) {
      throw new IllegalArgumentException(text);
    }
    return retention;
  }

  private static Long parseBytes(String text) {
    long bytes = Long.parseLong(text);
    if (bytes < 1) {
      throw new IllegalArgumentException(text);
    }
    return bytes;
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
