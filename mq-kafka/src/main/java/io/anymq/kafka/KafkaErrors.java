package io.anymq.kafka;

import io.anymq.AuthenticationException;
import io.anymq.ConnectFailedException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidMessageException;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.SendInDoubtException;
import io.anymq.spi.Secrets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Translates Kafka's exceptions into portable ones. */
final class KafkaErrors {

  private static final List<Class<? extends ApiException>> REFUSALS =
      List.of(
          AuthorizationException.class,
          InvalidConfigurationException.class,
          InvalidRequestException.class,
          PolicyViolationException.class,
          UnsupportedVersionException.class);

  /** Begins what the native client says when it cannot make one, around the reason. */
  private static final String WRAPPER = "Failed to c"; // create, construct

  private KafkaErrors() {}

  /**
   * Any failure but that of a send.
   *
   * @param failure what the native client threw
   * @param doing what was being done, as "to describe topic x"
   * @param right the right that it needs, as "DESCRIBE on topic x"
   */
  static MessagingException translate(Throwable failure, String doing, String right) {
    Throwable cause = unwrap(failure);
    if (cause instanceof MessagingException already) {
      return already;
    }
    MessagingException common = common(cause, doing, right);
    if (common != null) {
      return common;
    }
    if (cause instanceof TimeoutException
        || cause instanceof java.util.concurrent.TimeoutException) {
      return new MessagingTimeoutException(
          "Kafka did not answer in time when asked " + doing, cause);
    }
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE, "Kafka failed " + doing + ": " + reasons(cause), cause);
  }

  /**
   * The failure of a send.
   *
   * @param failure what the native client says
   * @param topic the native topic
   * @param handedOver whether the record had been taken over by the native client, so that it may
   *     have reached a broker
   */
  static MessagingException sendFailure(Throwable failure, String topic, boolean handedOver) {
    String doing = "to send to topic " + topic;
    Throwable cause = unwrap(failure);
    if (cause instanceof MessagingException already) {
      return already;
    }
    MessagingException refused = common(cause, doing, "WRITE on topic " + topic);
    if (refused == null) {
      refused = refusedRecord(cause, topic);
    }
    if (refused != null) {
      return refused;
    }
    if (handedOver) {
      // Whatever is not known to be a refusal may have happened after the broker stored the record.
      return new SendInDoubtException(
          "It is not known whether Kafka has stored the message for topic "
              + topic
              + ": "
              + cause.getMessage(),
          cause);
    }
    return translate(cause, doing, "WRITE on topic " + topic);
  }

  /** What a native failure says, without passwords. */
  private static String text(Throwable cause) {
    return Secrets.mask(String.valueOf(cause.getMessage()));
  }

  /** The failure of connecting. */
  static MessagingException connectFailure(Throwable failure, String servers) {
    Throwable cause = unwrap(failure);
    if (cause instanceof MessagingException already
        && !(already instanceof MessagingTimeoutException)) {
      return already;
    }
    MessagingException common =
        common(cause, "to connect to " + servers, "DESCRIBE on the cluster");
    return common != null
        ? common
        : new ConnectFailedException(
            "No Kafka broker answers at %s as it should; check the address, that it is up, and security-protocol: a listener that wants a login or TLS closes connections without"
                .formatted(servers),
            cause);
  }

  /** What the native client says, without the wrappers of a failure to make one, or passwords. */
  static String reasons(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null && String.valueOf(first.getMessage()).startsWith(WRAPPER)) {
      first = first.getCause();
    }
    Throwable second = first.getCause();
    return Secrets.mask(second == null ? reason(first) : reason(first) + ": " + reason(second));
  }

  /** A sentence, or, where the message is none by itself, the kind of failure with it. */
  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    if (message == null) {
      return kind;
    }
    return message.contains(" ") ? message : kind + ": " + message;
  }

  /**
   * Whether a broker does not do what it is asked for, now or later: for want of a right, by a
   * policy, or as it does not know of such a thing.
   */
  static boolean isRefusal(MessagingException failure) {
    Throwable cause = failure.getCause();
    return REFUSALS.stream().anyMatch(kind -> kind.isInstance(cause));
  }

  private static @Nullable MessagingException common(Throwable cause, String doing, String right) {
    if (cause instanceof SslAuthenticationException) {
      return ConnectFailedException.lasting(
          "The TLS handshake with Kafka failed when asked %s; check trust-store, the host's name in the broker's certificate, and that the port is one for TLS: %s"
              .formatted(doing, text(cause)),
          cause);
    }
    if (cause instanceof IllegalSaslStateException
        || cause instanceof UnsupportedSaslMechanismException) {
      return ConnectFailedException.lasting(
          "Kafka's listener does not take this login when asked %s; it wants none (leave out user and password, and set security-protocol=plaintext or ssl), or another sasl-mechanism: %s"
              .formatted(doing, text(cause)),
          cause);
    }
    if (cause instanceof SaslAuthenticationException) {
      return new AuthenticationException(
          "Kafka refused the credentials when asked " + doing + ": " + text(cause), cause);
    }
    if (cause instanceof AuthorizationException) {
      return new MessagingException(
          ErrorCode.ACCESS_REFUSED,
          "Kafka refuses this user %s; it needs the right %s: %s"
              .formatted(doing, right, cause.getMessage()),
          cause);
    }
    if (cause instanceof UnknownTopicOrPartitionException
        || cause instanceof UnknownTopicIdException) {
      return new DestinationNotFoundException(
          "Kafka was asked " + doing + ", and says that the topic does not exist", cause);
    }
    if (cause instanceof InvalidTopicException) {
      return new InvalidDestinationException("Kafka refuses the topic's name: " + doing, cause);
    }
    if (cause instanceof InterruptException || cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return new MessagingException(ErrorCode.INTERRUPTED, "Interrupted " + doing, cause);
    }
    if (cause instanceof GroupNotEmptyException) {
      return new MessagingException(
          ErrorCode.SUBSCRIPTION_IN_USE, "A consumer still holds the group " + doing, cause);
    }
    // Before its own superclass.
    if (cause instanceof UnsupportedVersionException) {
      return new MessagingException(
          ErrorCode.UNSUPPORTED_CAPABILITY, "This version of Kafka is too old " + doing, cause);
    }
    if (cause instanceof InvalidConfigurationException
        || cause instanceof PolicyViolationException) {
      return new MessagingException(
          ErrorCode.BACKEND_FAILURE,
          "Kafka's settings refuse " + doing + ": " + cause.getMessage(),
          cause);
    }
    return null;
  }

  private static @Nullable MessagingException refusedRecord(Throwable cause, String topic) {
    if (cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException) {
      return new MessageTooLargeException(
          "The message is larger than topic "
              + topic
              + " allows (max.message.bytes, message.max.bytes): "
              + cause.getMessage(),
          cause);
    }
    if (cause instanceof SerializationException
        || cause instanceof InvalidTimestampException
        || cause instanceof InvalidRecordException
        || cause instanceof CorruptRecordException) {
      return new InvalidMessageException(
          "Kafka refuses the message for topic " + topic + ": " + cause.getMessage(), cause);
    }
    if (cause instanceof NotEnoughReplicasException) {
      return new MessagingTimeoutException(
          "Topic " + topic + " has fewer replicas in sync than min.insync.replicas asks for",
          cause);
    }
    return null;
  }

  /** The cause behind wrappers of the JDK's; null for null. */
  static @Nullable Throwable unwrapIfAny(@Nullable Throwable failure) {
    return failure == null ? null : unwrap(failure);
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
