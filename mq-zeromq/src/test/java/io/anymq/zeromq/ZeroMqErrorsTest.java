package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each code of the protocol, and what it becomes. */
class ZeroMqErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "1, MALFORMED, BACKEND_FAILURE",
    "2, UNSUPPORTED_VERSION, CONNECT_FAILED",
    "3, UNKNOWN_SESSION, CONNECTION_LOST",
    "4, UNSUPPORTED, UNSUPPORTED_CAPABILITY",
    "5, DESTINATION_NOT_FOUND, DESTINATION_NOT_FOUND",
    "6, INVALID_DESTINATION, INVALID_DESTINATION",
    "7, QUEUE_FULL, QUEUE_FULL",
    "8, MESSAGE_TOO_LARGE, MESSAGE_TOO_LARGE",
    "9, SUBSCRIPTION_IN_USE, SUBSCRIPTION_IN_USE",
    "10, ROLLED_BACK, ROLLED_BACK",
    "11, SILENT, CONNECTION_LOST",
    "12, CLOSING, CONNECTION_LOST",
    "13, INVALID_ARGUMENT, ILLEGAL_USE",
    "65535, OTHER, BACKEND_FAILURE",
    "4711, OTHER, BACKEND_FAILURE"
  })
  void aCodeBecomesAPortableOne(int number, WireError error, ErrorCode code) {
    assertThat(WireError.of(number)).isEqualTo(error);
    MessagingException exception = ZeroMqErrors.of(error, "the hub's words");
    assertThat(exception.code()).isEqualTo(code);
    assertThat(exception).hasMessage("the hub's words");
  }

  @Test
  void theEndOfASessionKeepsItsReason() {
    MessagingException lost = ZeroMqErrors.goodbye(WireError.SILENT, "not a word");
    assertThat(lost.code()).isEqualTo(ErrorCode.CONNECTION_LOST);
    assertThat(lost).hasMessageContaining("not a word");
    MessagingException refused = ZeroMqErrors.noWelcome(WireError.UNSUPPORTED_VERSION, "2 to 7");
    assertThat(refused.code()).isEqualTo(ErrorCode.CONNECT_FAILED);
  }

  @ParameterizedTest
  @CsvSource({
    "UNSUPPORTED_VERSION, false",
    "INVALID_ARGUMENT, false",
    "CLOSING, true",
    "OTHER, true"
  })
  void aHubOfAnotherVersionIsNotTriedAgain(WireError error, boolean passes) {
    assertThat(ZeroMqErrors.noWelcome(error, "2 to 7").isTransient()).isEqualTo(passes);
  }
}
