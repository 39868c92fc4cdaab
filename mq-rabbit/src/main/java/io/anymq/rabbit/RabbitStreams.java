package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Topic;
import io.anymq.spi.Source;
import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * The streams beside topics, which keep what is sent to them, where the options ask for it. A plain
 * subscription then reads the topic's stream, from the past or from now on, and knows the position
 * of each message. Safe for use by several threads.
 */
final class RabbitStreams {

  /**
   * The broker drops whole segments of a stream alone, so what is kept is exact to one of these;
   * its own default is 500 MB.
   */
  private static final int SEGMENT_BYTES = 50_000_000;

  /** What the broker takes as an offset, one above. */
  private static final Pattern POSITION = Pattern.compile("\\d{1,18}");

  /** What the broker says of a stream whose writer it has not started yet: 0.1 s long (seen). */
  private static final String NOT_UP = "down or inaccessible";

  private static final Duration UP_AGAIN = Duration.ofSeconds(5);

  private static final String ANY_KEY = "#";

  private final NativeConnection connection;
  private final RabbitNames names;
  private final Map<String, Object> arguments;
  private final SubscriptionLocks making;
  private final AtomicBoolean warned = new AtomicBoolean();
  private final RareWarning notUp = new RareWarning(NativeConnection.class);

  private RabbitStreams(
      NativeConnection connection, RabbitNames names, Map<String, Object> arguments) {
    this.connection = connection;
    this.names = names;
    this.arguments = arguments;
    making = new SubscriptionLocks(connection, names);
  }

  /** The streams, or empty where the options ask for none. */
  static Optional<RabbitStreams> of(
      NativeConnection connection, RabbitNames names, Options options) {
    return options
        .find(RabbitOptions.REPLAY_RETENTION)
        .map(
            retention -> {
              Map<String, Object> arguments = new HashMap<>();
              arguments.put("x-queue-type", "stream");
              arguments.put("x-max-age", retention.toSeconds() + "s");
              arguments.put("x-stream-max-segment-size-bytes", SEGMENT_BYTES);
              options
                  .find(RabbitOptions.REPLAY_BYTES)
                  .ifPresent(bytes -> arguments.put("x-max-length-bytes", bytes));
              return new RabbitStreams(connection, names, arguments);
            });
  }

  /**
   * A topic exists and is about to be used: from now on it keeps what is sent to it. Looks each
   * time: somebody may have deleted the topic and made it again, and a stream that this link knew
   * is not the new one's. A stream that exists is left as it was made; just after the broker has
   * started it may not be up.
   */
  void keep(Topic topic) {
    long deadline = System.nanoTime() + UP_AGAIN.toNanos();
    for (int pauses = 0; ; pauses++) {
      try {
        makeAlone(topic);
        return;
      } catch (MessagingException e) {
        boolean late = System.nanoTime() - deadline >= 0;
        if (late && e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
          make(topic);
          return;
        }
        if (late || (!isNotUp(e) && e.code() != ErrorCode.SUBSCRIPTION_IN_USE)) {
          throw e;
        }
        Pauses.growing(pauses, "waiting for a stream");
      }
    }
  }

  /**
   * One at a time. Of several who make a stream at once, all but one are told that it is there
   * before it takes anything; what is sent to it then crashes in the broker, which ends the
   * sender's connection with 541 (seen on 3.10 in most of such cases).
   */
  private void makeAlone(Topic topic) {
    Runnable release = holdIfPermitted(names.stream(topic));
    try {
      make(topic);
    } finally {
      release.run();
    }
  }

  private Runnable holdIfPermitted(String stream) {
    try {
      return making.hold(names.lock(stream), "Making " + stream);
    } catch (MessagingException e) {
      int refusal = RabbitErrors.replyCode(e).orElse(0);
      boolean isFull = refusal == AMQP.PRECONDITION_FAILED; // of queues, by a limit of the host's
      if (e.code() == ErrorCode.ACCESS_REFUSED || isFull) {
        return () -> {};
      }
      throw e;
    }
  }

  private static boolean isNotUp(MessagingException failure) {
    return String.valueOf(failure.getMessage()).contains(NOT_UP);
  }

  /**
   * The same, for who is about to send. One whose user may not make the stream, or that finds it
   * down, sends all the same: its maker may have made and bound it. Of a topic that is not there
   * the send itself tells.
   */
  void keepWherePermitted(Topic topic) {
    try {
      keep(topic);
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.ACCESS_REFUSED) {
        warnOnce(warning("This user may not make, or bind,", topic, e));
      } else if (isNotUp(e)) {
        notUp.warn(warning("The broker has not started", topic, e));
      } else if (e.code() != ErrorCode.DESTINATION_NOT_FOUND) {
        throw e;
      }
    }
  }

  private void warnOnce(String warning) {
    if (!warned.getAndSet(true)) {
      NativeConnection.LOG.warn(warning);
    }
  }

  private static String warning(String what, Topic topic, MessagingException refusal) {
    return "%s the stream that keeps what is sent to %s: where nobody has made and bound it before, replays lack it (%s)"
        .formatted(what, topic.describe(), refusal.getMessage());
  }

  /**
   * What a plain subscription reads.
   *
   * @throws InvalidOptionException when the terms name what cannot be a position
   */
  RabbitSource source(Topic topic, Source.Terms terms) {
    StreamStart start =
        terms
            .replayAfter()
            .map(RabbitStreams::after)
            .or(() -> terms.replayFrom().map(StreamStart::from))
            .orElseGet(StreamStart::now);
    keep(topic);
    return RabbitSource.ofStream(names.stream(topic), topic, start);
  }

  private static StreamStart after(String position) {
    if (!POSITION.matcher(position).matches()) {
      throw new InvalidOptionException(
          "replayAfter takes what Delivery.position() told of a message of that topic, and '%s' is no such position"
              .formatted(position));
    }
    return StreamStart.at(Long.parseLong(position) + 1);
  }

  private void make(Topic topic) {
    String stream = names.stream(topic);
    String doing = "Keeping what is sent to " + topic.describe();
    try {
      connection.ask(doing, channel -> channel.queueDeclare(stream, true, false, false, arguments));
    } catch (MessagingException e) {
      if (!QueueKinds.isOfAnotherKind(e)) {
        throw e;
      }
    }
    connection.ask(doing, channel -> channel.queueBind(stream, names.topic(topic), ANY_KEY));
  }
}
