package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class KafkaErrorsTest {

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of(new SaslAuthenticationException("no"), ErrorCode.AUTHENTICATION_FAILED),
        Arguments.of(new SslAuthenticationException("no"), ErrorCode.CONNECT_FAILED),
        Arguments.of(new IllegalSaslStateException("no"), ErrorCode.CONNECT_FAILED),
        Arguments.of(new UnsupportedSaslMechanismException("no"), ErrorCode.CONNECT_FAILED),
        Arguments.of(new TopicAuthorizationException("no"), ErrorCode.ACCESS_REFUSED),
        Arguments.of(new UnknownTopicOrPartitionException(), ErrorCode.DESTINATION_NOT_FOUND),
        Arguments.of(new UnknownTopicIdException("no"), ErrorCode.DESTINATION_NOT_FOUND),
        Arguments.of(new InvalidTopicException("no"), ErrorCode.INVALID_DESTINATION),
        Arguments.of(new GroupNotEmptyException("no"), ErrorCode.SUBSCRIPTION_IN_USE),
        Arguments.of(new InvalidConfigurationException("no"), ErrorCode.BACKEND_FAILURE),
        Arguments.of(new UnsupportedVersionException("no"), ErrorCode.UNSUPPORTED_CAPABILITY),
        Arguments.of(new TimeoutException("no"), ErrorCode.TIMEOUT),
        Arguments.of(new java.util.concurrent.TimeoutException("no"), ErrorCode.TIMEOUT),
        Arguments.of(new KafkaException("no"), ErrorCode.BACKEND_FAILURE));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void translates(Exception failure, ErrorCode code) {
    MessagingException translated =
        KafkaErrors.translate(
            new ExecutionException(failure), "to do something", "DESCRIBE on something");
    assertThat(translated.code()).isEqualTo(code);
    assertThat(translated).hasCause(failure).hasMessageContaining("to do something");
  }

  @Test
  void namesTheRightThatIsMissing() {
    assertThat(
            KafkaErrors.translate(
                new GroupAuthorizationException("g"), "to set up group g", "READ on group g"))
        .hasMessageContaining("refuses this user to set up group g")
        .hasMessageContaining("it needs the right READ on group g");
  }

  @Test
  void namesTheTopicThatIsMissing() {
    Exception missing = new UnknownTopicOrPartitionException();
    assertThat(KafkaErrors.translate(missing, "to describe topic t", "DESCRIBE on topic t"))
        .hasMessage("Kafka was asked to describe topic t, and says that the topic does not exist");
    assertThat(KafkaErrors.sendFailure(missing, "t", true))
        .hasMessage("Kafka was asked to send to topic t, and says that the topic does not exist");
  }

  /** What is refused for good may be done without; what fails now is tried again. */
  static Stream<Arguments> settings() {
    return Stream.of(
        Arguments.of(new TopicAuthorizationException("no"), true),
        Arguments.of(new PolicyViolationException("managed"), true),
        Arguments.of(new InvalidConfigurationException("no"), true),
        Arguments.of(new InvalidRequestException("no"), true),
        Arguments.of(new UnsupportedVersionException("no"), true),
        Arguments.of(new UnknownTopicOrPartitionException(), false),
        Arguments.of(new TimeoutException("no"), false),
        Arguments.of(new KafkaStorageException("no"), false));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void tellsWhatIsRefusedForGood(Exception failure, boolean refused) {
    MessagingException translated =
        KafkaErrors.translate(new ExecutionException(failure), "to change it", "ALTER_CONFIGS");
    assertThat(KafkaErrors.isRefusal(translated)).isEqualTo(refused);
  }

  /** By the time of the failure: before the native client had the record, and after. */
  static Stream<Arguments> sends() {
    return Stream.of(
        send(new RecordTooLargeException("no"), ErrorCode.MESSAGE_TOO_LARGE),
        send(new SerializationException("no"), ErrorCode.INVALID_MESSAGE),
        send(new InvalidTimestampException("no"), ErrorCode.INVALID_MESSAGE),
        send(new TopicAuthorizationException("no"), ErrorCode.ACCESS_REFUSED),
        send(new UnknownTopicOrPartitionException(), ErrorCode.DESTINATION_NOT_FOUND),
        send(new NotEnoughReplicasException("no"), ErrorCode.TIMEOUT),
        doubtful(new TimeoutException("no"), ErrorCode.TIMEOUT),
        doubtful(new BufferExhaustedException("no"), ErrorCode.TIMEOUT),
        doubtful(new NetworkException("no"), ErrorCode.BACKEND_FAILURE),
        doubtful(new DisconnectException("no"), ErrorCode.BACKEND_FAILURE),
        doubtful(new KafkaStorageException("no"), ErrorCode.BACKEND_FAILURE),
        doubtful(new NotEnoughReplicasAfterAppendException("no"), ErrorCode.BACKEND_FAILURE),
        doubtful(new OutOfOrderSequenceException("no"), ErrorCode.BACKEND_FAILURE),
        doubtful(new IllegalStateException("closed"), ErrorCode.BACKEND_FAILURE));
  }

  private static Arguments send(Exception failure, ErrorCode always) {
    return Arguments.of(failure, always, always);
  }

  private static Arguments doubtful(Exception failure, ErrorCode before) {
    return Arguments.of(failure, before, ErrorCode.SEND_IN_DOUBT);
  }

  @ParameterizedTest
  @MethodSource("sends")
  void tellsWhatIsInDoubt(Exception failure, ErrorCode before, ErrorCode after) {
    assertThat(KafkaErrors.sendFailure(failure, "t", false).code()).isEqualTo(before);
    assertThat(KafkaErrors.sendFailure(failure, "t", true).code()).isEqualTo(after);
  }

  @Test
  void failsToConnect() {
    MessagingException failure = KafkaErrors.connectFailure(new TimeoutException("no"), "h:1");
    assertThat(failure.code()).isEqualTo(ErrorCode.CONNECT_FAILED);
    assertThat(failure).hasMessageContaining("h:1");
    assertThat(KafkaErrors.connectFailure(new SaslAuthenticationException("no"), "h:1").code())
        .isEqualTo(ErrorCode.AUTHENTICATION_FAILED);
  }
}
