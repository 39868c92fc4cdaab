package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidMessageException;
import io.anymq.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DelayPathTest {

  @Test
  void aDelayWaitsOnceForEachOfItsDigits() {
    assertThat(DelayPath.of(Duration.ofMillis(0x1050), false).waits())
        .containsExactly(new DelayPath.Wait(3, 1, false), new DelayPath.Wait(1, 5, false));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        1,
        15,
        16,
        17,
        255,
        256,
        4_096,
        86_400_000,
        0x80000001L,
        0x9A7EC801L,
        0xFFFFFFFFL,
        0xF_FFFF_FFF1L,
        315_360_000_000L
      })
  void theWaitsAddUpToTheDelayAndAMillisecondEach(long millis) {
    List<DelayPath.Wait> waits = DelayPath.of(Duration.ofMillis(millis), false).waits();
    assertThat(waits.stream().mapToLong(DelayPath.Wait::millis).sum())
        .isEqualTo(millis + waits.size());
    assertThat(waits).isNotEmpty().allMatch(wait -> wait.level() < DelayPath.LEVELS);
    Map<String, Object> headers = new HashMap<>();
    DelayPath.of(Duration.ofMillis(millis), false).describe(headers);
    assertThat(headers.values()).allMatch(digit -> (int) digit >= 0 && (int) digit < 16);
  }

  @Test
  void theHeadersNameTheDigitsThatAreZeroToo() {
    Map<String, Object> headers = new HashMap<>();
    DelayPath.of(Duration.ofMillis(0x105), false).describe(headers);
    assertThat(headers)
        .isEqualTo(Map.of("x-anymq-wait-2", 1, "x-anymq-wait-1", 0, "x-anymq-wait-0", 5));
  }

  @Test
  void whatTheBrokerCannotWaitForIsRefused() {
    assertThatThrownBy(() -> DelayPath.of(DelayPath.LONGEST.plusMillis(1), false))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("of 315,360,000,001 ms is more")
        .hasMessageContaining("3650 days");
  }

  @Test
  void aMessageThatWaitsHasNoNativeExpiration() {
    Message message =
        Message.text("a").toBuilder().expiresAt(java.time.Instant.now().plusSeconds(60)).build();
    RabbitMapper mapper = new RabbitMapper(new RabbitNames(io.anymq.spi.NativeNames.none()));
    assertThat(mapper.encode(message, OptionalLong.empty()).getExpiration()).isNotNull();
    assertThat(
            mapper
                .encode(message, OptionalLong.empty(), Map.of(RabbitDelays.KIND, "queue"), false)
                .getExpiration())
        .isNull();
  }
}
