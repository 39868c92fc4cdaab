package io.anymq.zeromq;

import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidSelectorException;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.QueueFullException;
import io.anymq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQException;

/** The one place where what the hub or JeroMQ says becomes a portable exception. */
final class ZeroMqErrors {

  private ZeroMqErrors() {}

  /** What the hub answers to something that was asked of it. */
  static MessagingException of(WireError error, String sentence) {
    return switch (error) {
      case DESTINATION_NOT_FOUND -> new DestinationNotFoundException(sentence);
      case INVALID_DESTINATION -> new InvalidDestinationException(sentence);
      case INVALID_SELECTOR -> new InvalidSelectorException(sentence);
      case QUEUE_FULL -> new QueueFullException(sentence);
      case MESSAGE_TOO_LARGE -> new MessageTooLargeException(sentence);
      case UNSUPPORTED -> new UnsupportedCapabilityException(sentence);
      case SUBSCRIPTION_IN_USE -> new MessagingException(ErrorCode.SUBSCRIPTION_IN_USE, sentence);
      case ROLLED_BACK -> new MessagingException(ErrorCode.ROLLED_BACK, sentence);
      case INVALID_ARGUMENT, NOT_OWNER -> new MessagingException(ErrorCode.ILLEGAL_USE, sentence);
      case UNSUPPORTED_VERSION -> ConnectFailedException.lasting(sentence, null);
      case UNKNOWN_SESSION, SILENT, CLOSING -> new ConnectionLostException(sentence);
      case MALFORMED, OTHER -> new MessagingException(ErrorCode.BACKEND_FAILURE, sentence);
    };
  }

  /** Why the hub ends a session that was open. */
  static MessagingException goodbye(WireError error, String sentence) {
    return new ConnectionLostException(
        "The hub ended the session: " + sentence, of(error, sentence));
  }

  /** Why the hub does not begin a session. Other versions or settings do not pass by themselves. */
  static ConnectFailedException noWelcome(WireError error, String sentence) {
    String text = "The hub refuses: " + sentence;
    MessagingException cause = of(error, sentence);
    return error == WireError.UNSUPPORTED_VERSION || error == WireError.INVALID_ARGUMENT
        ? ConnectFailedException.lasting(text, cause)
        : new ConnectFailedException(text, cause);
  }

  /** Somebody is there, and did not begin a session. */
  static ConnectFailedException noHub(HubAddress address, @Nullable Exception cause) {
    return new ConnectFailedException(
        "%s answers, but is not an AnyMQ hub, or is one that is ending: check host and port"
            .formatted(address),
        cause);
  }

  static ConnectFailedException nobody(HubAddress address) {
    return new ConnectFailedException(
        "Nothing answers at %s: is the hub up, and are host and port right?".formatted(address));
  }

  /** Time is up without a word. */
  static ConnectFailedException noAnswer(
      HubAddress address, boolean accepted, Duration timeout, Exception cause) {
    String sentence =
        accepted
            ? "%s accepts connections, but does not answer as an AnyMQ hub does within %s: check host and port"
            : "No hub answered at %s within %s: is it up, and are host and port right?";
    return new ConnectFailedException(sentence.formatted(address, Await.text(timeout)), cause);
  }

  static MessagingException bindFailed(List<HubAddress> addresses, ZMQException cause) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        "Cannot bind to %s: %s; is another program there?".formatted(addresses, cause.getMessage()),
        cause);
  }
}
