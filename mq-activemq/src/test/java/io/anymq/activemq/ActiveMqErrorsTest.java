package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

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
import jakarta.jms.JMSException;
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
import java.util.stream.Stream;
import org.apache.activemq.ConnectionClosedException;
import org.apache.activemq.ConnectionFailedException;
import org.apache.activemq.DestinationDoesNotExistException;
import org.apache.activemq.MaxFrameSizeExceededException;
import org.apache.activemq.transport.RequestTimedOutIOException;
import org.apache.activemq.transport.TransportDisposedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of the translator. */
final class ActiveMqErrorsTest {

  static Stream<Arguments> failures() {
    return Stream.of(
        row(
            new DestinationDoesNotExistException("temp-queue://x"),
            DestinationNotFoundException.class),
        row(new jakarta.jms.InvalidDestinationException("x"), InvalidDestinationException.class),
        row(new JMSSecurityException("not for you"), ErrorCode.ACCESS_REFUSED),
        row(caused(new SecurityException("User is not authorized")), ErrorCode.ACCESS_REFUSED),
        row(new InvalidClientIDException("in use"), ErrorCode.SUBSCRIPTION_IN_USE),
        row(new ResourceAllocationException("memory limit"), QueueFullException.class),
        row(new MessageFormatException("no"), InvalidMessageException.class),
        row(caused(new RequestTimedOutIOException()), MessagingTimeoutException.class),
        row(
            caused(new MaxFrameSizeExceededException("Frame size of 2 larger than 1")),
            MessageTooLargeException.class),
        row(caused(new InterruptedIOException()), ErrorCode.INTERRUPTED),
        row(caused(new InterruptedException()), ErrorCode.INTERRUPTED),
        row(caused(new SocketTimeoutException("read")), ConnectionLostException.class),
        row(caused(new EOFException()), ConnectionLostException.class),
        row(new IOException("Broken pipe"), ConnectionLostException.class),
        row(caused(new TransportDisposedIOException("gone")), ConnectionLostException.class),
        row(new ConnectionClosedException(), ConnectionLostException.class),
        row(new ConnectionFailedException(new IOException("x")), ConnectionLostException.class),
        row(new JMSException("?"), ErrorCode.BACKEND_FAILURE),
        row(new IllegalStateException("?"), ErrorCode.BACKEND_FAILURE));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void translates(Throwable failure, Object expected) {
    MessagingException translated = ActiveMqErrors.translate("Trying", failure);
    assertThat(expected).isIn(translated.getClass(), translated.code());
    assertThat(translated).hasMessageContaining("Trying").hasCause(failure);
  }

  static Stream<Arguments> connectFailures() {
    return Stream.of(
        row(new JMSSecurityException("User name is invalid"), AuthenticationException.class),
        row(caused(new SecurityException("no")), AuthenticationException.class),
        row(caused(new ConnectException("refused")), ConnectFailedException.class),
        row(caused(new UnknownHostException("nowhere")), ConnectFailedException.class),
        row(caused(new SocketTimeoutException("connect")), ConnectFailedException.class),
        row(caused(new RequestTimedOutIOException()), ConnectFailedException.class),
        row(new IOException("Wire format negotiation timeout"), ConnectFailedException.class),
        row(new InvalidClientIDException("in use"), ErrorCode.SUBSCRIPTION_IN_USE),
        row(caused(new InterruptedIOException()), ErrorCode.INTERRUPTED));
  }

  @ParameterizedTest
  @MethodSource("connectFailures")
  void translatesFailuresToConnect(Throwable failure, Object expected) {
    MessagingException translated = ActiveMqErrors.connecting(new Endpoint("tcp", "h", 1), failure);
    assertThat(expected).isIn(translated.getClass(), translated.code());
    assertThat(translated).hasCause(failure);
  }

  /** What the JDK says of a host that there is no way to: nobody's certificate is to blame. */
  static Stream<Exception> noWays() {
    return Stream.of(
        new SocketException("Network is unreachable"),
        new SocketException("Network is unreachable: connect"),
        new SocketException("Host is down"),
        new NoRouteToHostException("No route to host"),
        new BindException("Cannot assign requested address"));
  }

  @ParameterizedTest
  @MethodSource("noWays")
  void doesNotBlameTheCertificateOfWhatItCannotReach(Exception cause) {
    MessagingException failure =
        ActiveMqErrors.connecting(new Endpoint("ssl", "h", 1), caused(cause));
    assertThat(failure)
        .hasMessageStartingWith("No ActiveMQ broker answers at ssl://h:1: " + cause.getMessage());
    assertThat(failure.isTransient()).isTrue();
  }

  /** A port that is not for TLS does this. */
  @Test
  void blamesTlsForAResetOfItsConnection() {
    MessagingException failure =
        ActiveMqErrors.connecting(
            new Endpoint("ssl", "h", 1), caused(new SocketException("Connection reset")));
    assertThat(failure).hasMessageStartingWith("No TLS connection to ssl://h:1");
    assertThat(failure.isTransient()).isFalse();
  }

  static Stream<Arguments> sendFailures() {
    return Stream.of(
        row(caused(new IOException("No space left on device")), SendInDoubtException.class),
        row(caused(new MaxFrameSizeExceededException("x")), MessageTooLargeException.class),
        row(new ResourceAllocationException("full"), QueueFullException.class),
        row(new DestinationDoesNotExistException("x"), DestinationNotFoundException.class),
        row(new JMSSecurityException("no"), ErrorCode.ACCESS_REFUSED));
  }

  @ParameterizedTest
  @MethodSource("sendFailures")
  void translatesFailuresOfOneSend(Throwable failure, Object expected) {
    MessagingException translated = ActiveMqErrors.sending("queue 'x'", failure);
    assertThat(expected).isIn(translated.getClass(), translated.code());
  }

  @Test
  void leavesWhatIsTranslated() {
    MessagingException known = new MessagingTimeoutException("known");
    assertThat(ActiveMqErrors.translate("Trying", known)).isSameAs(known);
    assertThat(ActiveMqErrors.connecting(new Endpoint("tcp", "h", 1), known)).isSameAs(known);
  }

  @Test
  void namesThePlaceThatDidNotAnswer() {
    assertThat(
            ActiveMqErrors.connecting(new Endpoint("tcp", "h", 1), new ConnectException("refused")))
        .hasMessageContaining("tcp://h:1");
  }

  private static Arguments row(Throwable failure, Object expected) {
    return Arguments.of(failure, expected);
  }

  private static JMSException caused(Exception cause) {
    JMSException failure = new JMSException(String.valueOf(cause.getMessage()));
    failure.initCause(cause);
    return failure;
  }
}
