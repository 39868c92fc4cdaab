package io.anymq.activemq;

import io.anymq.AuthenticationException;
import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidMessageException;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.QueueFullException;
import io.anymq.SendInDoubtException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ResourceAllocationException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.ConnectionClosedException;
import org.apache.activemq.ConnectionFailedException;
import org.apache.activemq.DestinationDoesNotExistException;
import org.apache.activemq.MaxFrameSizeExceededException;
import org.apache.activemq.transport.RequestTimedOutIOException;
import org.apache.activemq.transport.TransportDisposedIOException;

/** Translates the native client's failures. The native failure is kept as the cause. */
final class ActiveMqErrors {

  private ActiveMqErrors() {}

  /**
   * A failure of a request to a broker that is connected.
   *
   * @param what what was tried, as the beginning of a sentence: "The queue x could not be made"
   * @param error the native failure
   * @return the portable failure
   */
  static MessagingException translate(String what, Throwable error) {
    if (error instanceof MessagingException portable) {
      return portable;
    }
    String text = what + ": " + reason(error);
    if (isInterruption(error)) {
      return new MessagingException(
          ErrorCode.INTERRUPTED, what + ": the thread was interrupted while it waited", error);
    }
    if (has(error, RequestTimedOutIOException.class) || has(error, TimeoutException.class)) {
      return new MessagingTimeoutException(
          what
              + ": the broker did not answer in time; raise operation-timeout or look at the"
              + " broker",
          error);
    }
    if (has(error, MaxFrameSizeExceededException.class)) {
      return new MessageTooLargeException(
          text + "; raise wireFormat.maxFrameSize in the broker's transport connector", error);
    }
    if (isLoss(error)) {
      return new ConnectionLostException(text, error);
    }
    return brokersWord(text, error);
  }

  /** What the broker, or the client before it sent anything, says of the request itself. */
  private static MessagingException brokersWord(String text, Throwable error) {
    if (isSecurity(error)) {
      return new MessagingException(ErrorCode.ACCESS_REFUSED, text, error);
    }
    if (error instanceof InvalidClientIDException) {
      return new MessagingException(ErrorCode.SUBSCRIPTION_IN_USE, text, error);
    }
    if (error instanceof DestinationDoesNotExistException) {
      return new DestinationNotFoundException(text, error);
    }
    if (error instanceof jakarta.jms.InvalidDestinationException) {
      return new InvalidDestinationException(text, error);
    }
    if (error instanceof ResourceAllocationException) {
      return new QueueFullException(text, error);
    }
    if (error instanceof MessageFormatException) {
      return new InvalidMessageException(text, error);
    }
    return new MessagingException(ErrorCode.BACKEND_FAILURE, text, error);
  }

  /**
   * A failure to connect.
   *
   * @param endpoint where to
   * @param error the native failure
   * @return the portable failure
   */
  static MessagingException connecting(Endpoint endpoint, Throwable error) {
    if (error instanceof MessagingException portable) {
      return portable;
    }
    if (isSecurity(error)) {
      return new AuthenticationException(
          "The broker at %s refused the credentials: %s; check user and password"
              .formatted(endpoint, reason(error)),
          error);
    }
    if (error instanceof InvalidClientIDException) {
      return new MessagingException(ErrorCode.SUBSCRIPTION_IN_USE, reason(error), error);
    }
    if (isInterruption(error)) {
      return new MessagingException(
          ErrorCode.INTERRUPTED, "Interrupted while connecting to " + endpoint, error);
    }
    return new ConnectFailedException(
        "No ActiveMQ broker answers at %s: %s; check the address, and that the broker is up"
            .formatted(endpoint, reason(error)),
        error);
  }

  /**
   * A failure of one send, as the broker or the client told it.
   *
   * @param error the native failure
   * @return the portable failure: in doubt when the broker's store failed, since that may be after
   *     it wrote; otherwise one that says that the broker does not have the message
   */
  static MessagingException sending(Throwable error) {
    boolean storeFailed =
        find(error, IOException.class).isPresent()
            && !has(error, MaxFrameSizeExceededException.class);
    if (storeFailed) {
      return new SendInDoubtException(
          "The broker failed while it took the message: " + reason(error), error);
    }
    return translate("The broker refused the message", error);
  }

  /** Whether this failure says that the connection is gone. */
  static boolean isLoss(Throwable error) {
    return isDisposal(error)
        || (find(error, IOException.class).isPresent()
            && !has(error, RequestTimedOutIOException.class)
            && !has(error, MaxFrameSizeExceededException.class));
  }

  /** Whether this failure was handed to a request that waited when the connection broke. */
  static boolean isDisposal(Throwable error) {
    return error instanceof ConnectionClosedException
        || error instanceof ConnectionFailedException
        || has(error, TransportDisposedIOException.class);
  }

  private static boolean isSecurity(Throwable error) {
    return error instanceof JMSSecurityException || has(error, SecurityException.class);
  }

  private static boolean isInterruption(Throwable error) {
    return (has(error, InterruptedIOException.class)
            && !has(error, RequestTimedOutIOException.class)
            && !has(error, java.net.SocketTimeoutException.class))
        || has(error, InterruptedException.class);
  }

  private static boolean has(Throwable error, Class<? extends Throwable> kind) {
    return find(error, kind).isPresent();
  }

  private static <T extends Throwable> Optional<T> find(Throwable error, Class<T> kind) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (kind.isInstance(at)) {
        return Optional.of(kind.cast(at));
      }
    }
    return Optional.empty();
  }

  private static String reason(Throwable error) {
    String message = error.getMessage();
    return message == null || message.isBlank() ? error.toString() : message;
  }
}
