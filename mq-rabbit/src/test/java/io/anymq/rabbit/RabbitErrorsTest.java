package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.MissedHeartbeatException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.AuthenticationException;
import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of the translator. */
final class RabbitErrorsTest {

  static Stream<Arguments> failures() {
    return Stream.of(
        row(channelClose(404, "NOT_FOUND - no queue"), DestinationNotFoundException.class),
        row(channelClose(404, "NOT_FOUND - no exchange"), ErrorCode.DESTINATION_NOT_FOUND),
        row(
            channelClose(404, "NOT_FOUND - no queue 'a name that is cut because it is..."),
            DestinationNotFoundException.class),
        row(
            channelClose(
                404,
                "NOT_FOUND - home node 'rabbit@a' of durable queue 'q' in vhost '/' is down or inaccessible"),
            MessagingTimeoutException.class),
        row(
            channelClose(
                404,
                "NOT_FOUND - failed to perform operation on queue 'q' in vhost '/' due to timeout"),
            MessagingTimeoutException.class),
        row(channelClose(403, "ACCESS_REFUSED - access to queue"), ErrorCode.ACCESS_REFUSED),
        row(
            channelClose(403, "ACCESS_REFUSED - queue name 'amq.x' contains reserved prefix"),
            InvalidDestinationException.class),
        row(channelClose(405, "RESOURCE_LOCKED - locked queue"), ErrorCode.ACCESS_REFUSED),
        row(channelClose(311, "CONTENT_TOO_LARGE"), MessageTooLargeException.class),
        row(
            channelClose(406, "PRECONDITION_FAILED - message size 9 is larger than configured 8"),
            MessageTooLargeException.class),
        row(
            channelClose(406, "PRECONDITION_FAILED - message size 9 larger than max size 8"),
            MessageTooLargeException.class),
        row(
            channelClose(406, "PRECONDITION_FAILED - delivery acknowledgement timed out"),
            ErrorCode.BACKEND_FAILURE),
        row(channelClose(406, "PRECONDITION_FAILED - inequivalent arg"), ErrorCode.BACKEND_FAILURE),
        row(connectionClose(320, "CONNECTION_FORCED - shutdown"), ConnectionLostException.class),
        row(connectionClose(541, "INTERNAL_ERROR"), ConnectionLostException.class),
        row(missedHeartbeat(), ConnectionLostException.class),
        row(new AlreadyClosedException(connectionClose(320, "x")), ConnectionLostException.class),
        row(new IOException(channelClose(404, "no queue")), DestinationNotFoundException.class),
        row(new IOException("Broken pipe"), ConnectionLostException.class),
        row(
            new ChannelContinuationTimeoutException(
                new TimeoutException(), null, 1, new AMQP.Queue.Purge.Builder().build()),
            MessagingTimeoutException.class),
        row(new IOException(new TimeoutException()), MessagingTimeoutException.class),
        row(new IllegalStateException("?"), ErrorCode.BACKEND_FAILURE));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void translates(Throwable failure, Object expected) {
    MessagingException translated = RabbitErrors.translate(failure, "Trying");
    assertThat(expected).isIn(translated.getClass(), translated.code());
    assertThat(translated).hasMessageContaining("Trying").hasCause(failure);
  }

  @Test
  void saysWhatDoesNotExistInOneWay() {
    assertThat(missing("queue 'orders'")).startsWith("queue 'orders' does not exist: ");
    assertThat(missing("queue 'queue/amq.x'")).startsWith("queue 'amq.x' does not exist: ");
    assertThat(missing("exchange 'topic/news'")).startsWith("topic 'news' does not exist: ");
    assertThat(missing("exchange 'theirs'")).startsWith("topic 'theirs' does not exist: ");
    assertThat(missing("exchange 'anymq/due'")).startsWith("exchange 'anymq/due' does not exist: ");
  }

  @Test
  void namesByConfigurationAreTheirPortableOnes() {
    RabbitNames names =
        new RabbitNames(
            new NativeNames(
                    Map.of(
                        Queue.of("orders"), "LEGACY.ORDERS", Topic.of("prices"), "market/prices"))
                .withPattern(true, "shop.*", "SHOP_*"));
    assertThat(missing("queue 'LEGACY.ORDERS'", names))
        .startsWith("queue 'orders' does not exist: ")
        .contains("no queue 'LEGACY.ORDERS' in vhost");
    assertThat(missing("queue 'SHOP_eu'", names)).startsWith("queue 'shop.eu' does not exist: ");
    assertThat(missing("queue 'market/prices'", names)).startsWith("queue 'market/prices' does");
    assertThat(missing("exchange 'market/prices'", names))
        .startsWith("topic 'prices' does not exist: ");
    assertThat(missing("exchange 'topic/news'", names)).startsWith("topic 'news' does not exist: ");
  }

  private static String missing(String what) {
    return missing(what, RabbitNames.none());
  }

  private static String missing(String what, RabbitNames names) {
    ShutdownSignalException signal = channelClose(404, "NOT_FOUND - no " + what + " in vhost '/'");
    MessagingException translated =
        RabbitErrors.translate(new IOException(signal), "Trying", names);
    return String.valueOf(translated.getMessage());
  }

  @Test
  void aConnectionThatThePeerResetsIsToldFromOneThatThereWasNot() {
    IOException reset = new IOException(new SocketException("Connection reset"));
    assertThat(ConnectErrors.of(reset, "amqp://h", true))
        .hasMessageContaining("is not a RabbitMQ broker");
    assertThat(ConnectErrors.of(new SocketException("Network is unreachable"), "amqp://h", false))
        .hasMessageContaining("check host, port");
    assertThat(ConnectErrors.of(tls(new SocketException("Connection reset")), "amqps://h", true))
        .hasMessageContaining("No TLS connection")
        .extracting("transient")
        .isEqualTo(true);
    assertThat(ConnectErrors.of(tls(new IOException("no")), "amqps://h", true))
        .extracting("transient")
        .isEqualTo(false);
  }

  private static Throwable tls(IOException cause) {
    return new SSLException("handshake", cause);
  }

  static Stream<Arguments> connectFailures() {
    return Stream.of(
        row(new AuthenticationFailureException("no"), AuthenticationException.class),
        row(
            new PossibleAuthenticationFailureException(new EOFException()),
            AuthenticationException.class),
        row(
            new IOException(
                connectionClose(530, "NOT_ALLOWED - access to vhost '/' refused for user 'x'")),
            AuthenticationException.class),
        row(
            new IOException(connectionClose(530, "NOT_ALLOWED - vhost nope not found")),
            ConnectFailedException.class),
        row(new ConnectException("refused"), ConnectFailedException.class),
        row(new UnknownHostException("nowhere"), ConnectFailedException.class),
        row(new TimeoutException(), ConnectFailedException.class));
  }

  @ParameterizedTest
  @MethodSource("connectFailures")
  void translatesFailuresToConnect(Throwable failure, Class<?> expected) {
    MessagingException translated = ConnectErrors.of(failure, "amqp://h", false);
    assertThat(translated)
        .isInstanceOf(expected)
        .hasMessageContaining("amqp://h")
        .hasCause(failure);
  }

  @Test
  void leavesWhatIsTranslated() {
    MessagingException known = new MessagingTimeoutException("known");
    assertThat(RabbitErrors.translate(known, "Trying")).isSameAs(known);
  }

  @Test
  void tellsTheSizeOfAMessageThatIsTooLarge() {
    assertThat(
            RabbitErrors.tooLargeSize(
                channelClose(406, "message size 134217729 is larger than configured max size")))
        .hasValue(134_217_729);
    assertThat(RabbitErrors.tooLargeSize(channelClose(406, "inequivalent arg"))).isEmpty();
    assertThat(RabbitErrors.tooLargeSize(missedHeartbeat())).isEmpty();
  }

  private static Arguments row(Throwable failure, Object expected) {
    return Arguments.of(failure, expected);
  }

  private static ShutdownSignalException channelClose(int code, String text) {
    return new ShutdownSignalException(
        false,
        false,
        new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).build(),
        null);
  }

  private static ShutdownSignalException connectionClose(int code, String text) {
    return new ShutdownSignalException(
        true,
        false,
        new AMQP.Connection.Close.Builder().replyCode(code).replyText(text).build(),
        null);
  }

  private static ShutdownSignalException missedHeartbeat() {
    ShutdownSignalException signal = new ShutdownSignalException(true, false, null, null);
    signal.initCause(new MissedHeartbeatException("missed"));
    return signal;
  }
}
