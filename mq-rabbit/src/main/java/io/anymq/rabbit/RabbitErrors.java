package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.ConnectionLostException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The translator of native failures, but for those of {@link ConnectErrors}. */
final class RabbitErrors {

  /** What the broker says of a message that is larger than its {@code max_message_size}. */
  private static final Pattern TOO_LARGE =
      Pattern.compile("message size (\\d+) (?:is )?larger than");

  /** What the broker says of a queue or an exchange that is not there. */
  private static final Pattern MISSING = Pattern.compile("no (queue|exchange) '([^']*)' in vhost");

  /** The same of a name so long that the broker cuts its sentence. */
  private static final Pattern NOTHING_THERE = Pattern.compile("no (queue|exchange)\\b");

  private static final String RESERVED_PREFIX = "reserved prefix";

  private RabbitErrors() {}

  /**
   * A failure of what concerns no destination that configuration may name.
   *
   * @param failure the native failure
   * @param doing what was tried, for the sentence: "Delaying a message"
   */
  static MessagingException translate(Throwable failure, String doing) {
    return translate(failure, doing, RabbitNames.none());
  }

  /**
   * A failure of anything but connecting.
   *
   * @param failure the native failure
   * @param doing what was tried, for the sentence: "Declaring queue 'orders'"
   * @param names what native names stand for
   */
  static MessagingException translate(Throwable failure, String doing, RabbitNames names) {
    if (failure instanceof MessagingException known) {
      return known;
    }
    Optional<ShutdownSignalException> signal = signal(failure);
    if (signal.isPresent()) {
      return signal.get().isHardError()
          ? lost(signal.get(), doing)
          : refused(signal.get(), failure, doing, names);
    }
    if (root(failure) instanceof TimeoutException) {
      return new MessagingTimeoutException(
          doing + " got no answer from the broker within the operation time-out", failure);
    }
    if (failure instanceof java.io.IOException) {
      return new ConnectionLostException(doing + " failed: the connection is lost", failure);
    }
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE, doing + " failed: " + failure, failure);
  }

  /** The loss of a connection. */
  static ConnectionLostException lost(ShutdownSignalException signal, String doing) {
    String reason = closeText(signal).orElseGet(() -> String.valueOf(root(signal).getMessage()));
    return new ConnectionLostException(
        doing + ": the connection to the broker is lost: " + reason, signal);
  }

  /** The broker's reply code in a channel's or a connection's end, where it gave one. */
  static OptionalInt replyCode(Throwable failure) {
    Method reason = signal(failure).map(ShutdownSignalException::getReason).orElse(null);
    if (reason instanceof AMQP.Channel.Close close) {
      return OptionalInt.of(close.getReplyCode());
    }
    if (reason instanceof AMQP.Connection.Close close) {
      return OptionalInt.of(close.getReplyCode());
    }
    return OptionalInt.empty();
  }

  /** The size of the message that the broker found too large, where that is what it says. */
  static OptionalLong tooLargeSize(Throwable failure) {
    Matcher matcher = TOO_LARGE.matcher(closeText(failure).orElse(""));
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  private static MessagingException refused(
      ShutdownSignalException signal, Throwable failure, String doing, RabbitNames names) {
    String reason = closeText(signal).orElse("the channel is closed");
    String sentence = doing + " failed: " + reason;
    return switch (replyCode(signal).orElse(0)) {
      case AMQP.NOT_FOUND -> notFound(reason, doing, failure, names);
      case AMQP.CONTENT_TOO_LARGE -> new MessageTooLargeException(sentence, failure);
      case AMQP.ACCESS_REFUSED -> accessRefused(reason, sentence, failure);
      case AMQP.RESOURCE_LOCKED ->
          new MessagingException(ErrorCode.ACCESS_REFUSED, sentence, failure);
      case AMQP.PRECONDITION_FAILED -> preconditionFailed(signal, sentence, failure);
      default -> new MessagingException(ErrorCode.BACKEND_FAILURE, sentence, failure);
    };
  }

  /**
   * The broker says 404 too of a queue that exists, and whose node is down, or that has no leader
   * now: "home node … is down or inaccessible", "failed to perform operation … due to timeout".
   */
  private static MessagingException notFound(
      String reason, String doing, Throwable failure, RabbitNames names) {
    return NOTHING_THERE.matcher(reason).find()
        ? new DestinationNotFoundException(missing(reason, doing, names), failure)
        : new MessagingTimeoutException(
            "%s failed, as the broker cannot reach it now: %s".formatted(doing, reason), failure);
  }

  /** As all adapters say it; the broker's own sentence where it is another. */
  private static String missing(String reason, String doing, RabbitNames names) {
    Matcher named = MISSING.matcher(reason);
    if (!named.find()) {
      return doing + " failed: " + reason;
    }
    String what =
        named.group(1).equals("queue")
            ? names.describeQueue(named.group(2))
            : names.describeExchange(named.group(2));
    return "%s does not exist: %s failed (%s)".formatted(what, doing, reason);
  }

  private static MessagingException accessRefused(
      String reason, String sentence, Throwable failure) {
    return reason.contains(RESERVED_PREFIX)
        ? new InvalidDestinationException(sentence, failure)
        : new MessagingException(ErrorCode.ACCESS_REFUSED, sentence, failure);
  }

  private static MessagingException preconditionFailed(
      ShutdownSignalException signal, String sentence, Throwable failure) {
    return tooLargeSize(signal).isPresent()
        ? new MessageTooLargeException(
            sentence + " (the broker's max_message_size); send less, or raise it there", failure)
        : new MessagingException(ErrorCode.BACKEND_FAILURE, sentence, failure);
  }

  /** The broker's sentence in a channel's or a connection's end, where it gave one. */
  static Optional<String> closeText(Throwable failure) {
    Method reason = signal(failure).map(ShutdownSignalException::getReason).orElse(null);
    if (reason instanceof AMQP.Channel.Close close) {
      return Optional.of(close.getReplyText());
    }
    if (reason instanceof AMQP.Connection.Close close) {
      return Optional.of(close.getReplyText());
    }
    return Optional.empty();
  }

  /** amqp-client wraps most ends of channels in an IOException. */
  private static Optional<ShutdownSignalException> signal(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ShutdownSignalException signal) {
        return Optional.of(signal);
      }
    }
    return Optional.empty();
  }

  private static Throwable root(Throwable failure) {
    Throwable at = failure;
    for (@Nullable Throwable next = at; next != null; next = next.getCause()) {
      at = next;
    }
    return at;
  }
}
