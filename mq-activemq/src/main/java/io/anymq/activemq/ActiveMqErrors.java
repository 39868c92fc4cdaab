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
import io.anymq.spi.Secrets;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ResourceAllocationException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.activemq.ConnectionClosedException;
import org.apache.activemq.ConnectionFailedException;
import org.apache.activemq.DestinationDoesNotExistException;
import org.apache.activemq.MaxFrameSizeExceededException;
import org.apache.activemq.transport.RequestTimedOutIOException;
import org.apache.activemq.transport.TransportDisposedIOException;

/** Translates the native client's failures. The native failure is kept as the cause. */
final class ActiveMqErrors {

  /** Artemis's own failure of a message whose properties exceed a record of its journal. */
  private static final String ARTEMIS_RECORD_TOO_LARGE = "AMQ149005";

  /** What the native client says of bytes that are no OpenWire. */
  private static final Pattern OTHER_PROTOCOL =
      Pattern.compile(
          "(?i)frame size|magic is invalid|unknown data type|connection reset|broken pipe|channel"
              + " has already failed");

  /** What a write says behind the end of the connection. */
  private static final Pattern HANG_UP =
      Pattern.compile("(?i)connection reset|broken pipe|channel has already failed");

  /** What the machine's own network says; the JDK has no type of its own for it. */
  private static final Pattern NO_WAY =
      Pattern.compile("(?i)is unreachable|network is down|host is down");

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
    if (text.contains(ARTEMIS_RECORD_TOO_LARGE)) {
      return new MessageTooLargeException(text, error);
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
   * A use of what does not exist.
   *
   * @param described the destination, as messages name it
   */
  static DestinationNotFoundException missing(String described) {
    return new DestinationNotFoundException(described + " does not exist");
  }

  /**
   * A use of what has been deleted meanwhile.
   *
   * @param described the destination, as messages name it
   */
  static DestinationNotFoundException deleted(String described) {
    return new DestinationNotFoundException(described + " does not exist: it was deleted");
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
    // A broker that goes away in the middle of the handshake is no fault of anybody's settings.
    return isTlsFailure(endpoint, error) && !has(error, EOFException.class)
        ? ConnectFailedException.lasting(whyNot(endpoint, error), error)
        : new ConnectFailedException(whyNot(endpoint, error), error);
  }

  private static boolean isTlsFailure(Endpoint endpoint, Throwable error) {
    return has(error, SSLException.class) || (endpoint.isTls() && !isAbsence(error));
  }

  private static String whyNot(Endpoint endpoint, Throwable error) {
    String why = reason(root(error));
    if (isTlsFailure(endpoint, error)) {
      return "No TLS connection to %s: %s; check that the port speaks TLS (activemq:ssl://), the broker's certificate and this JVM's trust store"
          .formatted(endpoint, why);
    }
    if (answersOtherwise(error)) {
      return "%s answers, but not as an ActiveMQ broker does over %s (%s); check the port: brokers listen on 61616 for activemq:tcp://, and another port is for TLS, AMQP or the web console"
          .formatted(endpoint.hostAndPort(), endpoint.transport(), why);
    }
    return "No ActiveMQ broker answers at %s: %s; check the address, and that the broker is up"
        .formatted(endpoint, why);
  }

  /** Whether the broker took the connection, and then ended it without a word. */
  static boolean isHangUp(Throwable error) {
    return has(error, EOFException.class)
        || has(error, OpenWire.BrokeAtOnceException.class)
        || find(error, IOException.class)
            .map(Throwable::getMessage)
            .filter(text -> HANG_UP.matcher(text).find())
            .isPresent();
  }

  /** Nobody is there, or says anything. */
  private static boolean isAbsence(Throwable error) {
    return has(error, ConnectException.class)
        || has(error, NoRouteToHostException.class)
        || has(error, BindException.class)
        || hasNoWay(error)
        || has(error, UnknownHostException.class)
        || has(error, SocketTimeoutException.class)
        || has(error, RequestTimedOutIOException.class)
        || has(error, TimeoutException.class);
  }

  private static boolean hasNoWay(Throwable error) {
    return find(error, SocketException.class)
        .map(Throwable::getMessage)
        .filter(text -> NO_WAY.matcher(text).find())
        .isPresent();
  }

  /** The native client's own texts repeat its URL with all options. */
  private static Throwable root(Throwable error) {
    Throwable at = error;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }

  /** Another protocol: its first bytes are taken for a length, or it hangs up. */
  private static boolean answersOtherwise(Throwable error) {
    return has(error, EOFException.class)
        || has(error, MaxFrameSizeExceededException.class)
        || find(error, IOException.class)
            .map(Throwable::getMessage)
            .filter(text -> OTHER_PROTOCOL.matcher(text).find())
            .isPresent();
  }

  /**
   * A failure of one send, as the broker or the client told it.
   *
   * @param described where to, as messages name it
   * @param error the native failure
   * @return the portable failure: in doubt when the broker's store failed, since that may be after
   *     it wrote; otherwise one that says that the broker does not have the message
   */
  static MessagingException sending(String described, Throwable error) {
    if (error instanceof DestinationDoesNotExistException) {
      return new DestinationNotFoundException(described + " does not exist", error);
    }
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
            && !has(error, SocketTimeoutException.class))
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
    return Secrets.mask(message == null || message.isBlank() ? error.toString() : message);
  }
}
