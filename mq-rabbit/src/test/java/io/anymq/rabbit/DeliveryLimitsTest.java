package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What arguments and policies come to, by the version of the broker. */
final class DeliveryLimitsTest {

  /** No limit that messages can reach is -. */
  @ParameterizedTest
  @CsvSource({
    "3.10.8, , , -",
    "3.10.8, 5, , 5",
    "3.10.8, , 5, 5",
    "3.10.8, 5, 7, 5",
    "3.13.7, 7, 5, 5",
    "3.10.8, -1, , 0",
    "3.10.8, 1000000000, , -",
    "3.10.8, 1000000000, 6, 6",
    "4.0.5, , , 20",
    "4.1.8, , 50, 50",
    "4.1.8, , -1, -",
    "4.1.8, -1, , -",
    "4.1.8, -1, 5, 5",
    "4.1.8, 5, -1, 5",
    "4.3.0, 7, 5, 5",
    "4.3.0, 1000000000, , -",
    "10.0.0, , , 20",
    "unknown, , , -"
  })
  void theBrokersRuleIsFollowed(
      String version, @Nullable Integer argument, @Nullable Integer policy, String limit) {
    QueueKind kind =
        new QueueKind(
            argument == null
                ? Map.of("x-queue-type", "quorum")
                : Map.of("x-queue-type", "quorum", "x-delivery-limit", argument));
    QueuePolicy others =
        policy == null ? QueuePolicy.NONE : new QueuePolicy("\"delivery-limit\":" + policy);
    assertThat(new DeliveryLimits(version).loss(kind, others).orElse("more than - times"))
        .contains("more than " + limit + " times");
  }

  /** From 4.3 on a {@code basic.nack} does not count, nor what a closing consumer gives back. */
  @ParameterizedTest
  @CsvSource({
    "3.10.8, consumers have given back",
    "4.2.1, consumers have given back",
    "4.3.0, the broker counts as failed",
    "4.10.0, the broker counts as failed",
    "5.0, the broker counts as failed"
  })
  void whatCountsIsToldAsTheVersionHasIt(String version, String counted) {
    QueueKind kind = new QueueKind(Map.of("x-queue-type", "quorum", "x-delivery-limit", 5));
    assertThat(new DeliveryLimits(version).loss(kind, QueuePolicy.NONE).orElseThrow())
        .contains(counted + " more than 5 times");
  }

  @Test
  void onlyANumberIsALimit() {
    assertThat(new QueuePolicy("\"expires\":5,\"delivery-limit\":12").deliveryLimit())
        .isEqualTo(OptionalLong.of(12));
    assertThat(new QueuePolicy("\"dead-letter-exchange\":\"x\"").deliveryLimit()).isEmpty();
  }

  @Test
  void otherKindsHaveNone() {
    DeliveryLimits limits = new DeliveryLimits("4.1.8");
    QueuePolicy policy = new QueuePolicy("\"delivery-limit\":2");
    assertThat(limits.loss(QueueKind.CLASSIC, policy)).isEmpty();
    assertThat(limits.loss(QueueKind.UNKNOWN, policy)).isEmpty();
  }
}
