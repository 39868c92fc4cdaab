package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ProtocolVersionMismatchException;
import io.anymq.AuthenticationException;
import io.anymq.ConnectFailedException;
import io.anymq.MessagingException;
import io.anymq.spi.Secrets;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Translates what goes wrong while connecting. */
final class ConnectErrors {

  /** What the broker says of a virtual host. */
  private static final String NOT_FOUND = "not found";

  private ConnectErrors() {}

  /**
   * A failure while connecting.
   *
   * @param failure the native failure
   * @param where the URL, without its password
   * @param connected whether there was a TCP connection
   */
  static MessagingException of(Throwable failure, String where, boolean connected) {
    if (failure instanceof AuthenticationFailureException
        || failure instanceof PossibleAuthenticationFailureException) {
      return new AuthenticationException(
          where
              + " refuses the user or the password; check both, and that the user may log in from"
              + " this host (guest may only from the broker's own)",
          failure);
    }
    if (RabbitErrors.replyCode(failure).orElse(0) == AMQP.NOT_ALLOWED) {
      return virtualHost(failure, where);
    }
    if (find(failure, SSLException.class).isPresent()) {
      return tls(failure, where);
    }
    return peer(failure, where, connected).orElseGet(() -> other(failure, where));
  }

  private static MessagingException virtualHost(Throwable failure, String where) {
    String reason = RabbitErrors.closeText(failure).orElse("");
    return reason.contains(NOT_FOUND)
        ? ConnectFailedException.lasting(
            where + " has no such virtual host; check the URL's path: " + reason, failure)
        : new AuthenticationException(
            where + " does not let this user into the virtual host: " + reason, failure);
  }

  /** A broker that goes away in the middle of the handshake is no fault of anybody's settings. */
  private static MessagingException tls(Throwable failure, String where) {
    boolean cut = hungUp(failure);
    String sentence =
        "No TLS connection to %s; check that this port speaks TLS (amqps is usually 5671, amqp 5672), and that the JDK's trust store knows who signed the broker's certificate, which must name this host: %s"
            .formatted(where, Secrets.mask(root(failure).toString()));
    return cut
        ? new ConnectFailedException(sentence, failure)
        : ConnectFailedException.lasting(sentence, failure);
  }

  /** What answers there does not speak AMQP 0-9-1, or does not speak at all. */
  private static Optional<MessagingException> peer(
      Throwable failure, String where, boolean connected) {
    boolean foreign =
        find(failure, MalformedFrameException.class).isPresent()
            || find(failure, ProtocolVersionMismatchException.class).isPresent();
    boolean hungUp = connected && hungUp(failure);
    if (!foreign && !hungUp) {
      return Optional.empty();
    }
    String said = foreign ? "it does not speak AMQP 0-9-1" : "it closed the connection at once";
    return Optional.of(
        new ConnectFailedException(
            "%s answers, but is not a RabbitMQ broker, or not ready: %s. Check host and port (amqp is usually 5672; a port for TLS needs amqps), and that no other broker or a web server listens there"
                .formatted(where, said),
            failure));
  }

  /**
   * Whether the peer ended the connection: a peer that does so without reading all that it was sent
   * resets it, as a Kafka does, which takes our first four bytes for a length.
   */
  private static boolean hungUp(Throwable failure) {
    return find(failure, EOFException.class).isPresent()
        || find(failure, SocketException.class).isPresent();
  }

  private static MessagingException other(Throwable failure, String where) {
    if (find(failure, UnknownHostException.class).isPresent()) {
      return new ConnectFailedException(
          "No connection to " + where + "; no such host is known: check its name", failure);
    }
    String reason =
        RabbitErrors.closeText(failure).orElseGet(() -> Secrets.mask(root(failure).toString()));
    return new ConnectFailedException(
        "No connection to " + where + "; check host, port, virtual host and scheme: " + reason,
        failure);
  }

  private static <T extends IOException> Optional<T> find(Throwable failure, Class<T> type) {
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return Optional.of(type.cast(at));
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
