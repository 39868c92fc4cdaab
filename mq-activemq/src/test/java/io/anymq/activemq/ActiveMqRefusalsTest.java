package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.Test;

/** For how long a refusal is believed, and when it is told. */
final class ActiveMqRefusalsTest {

  private static final ActiveMQQueue ONE = new ActiveMQQueue("one");
  private static final ActiveMQQueue OTHER = new ActiveMQQueue("other");

  private long now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos(); // it overflows
  private final ActiveMqRefusals refusals = new ActiveMqRefusals(() -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void oneQueueSaysNothingOfAnother() {
    assertThat(refusals.add(ONE, true)).isTrue();
    assertThat(refusals.hold(ONE)).isTrue();
    assertThat(refusals.hold(OTHER)).isFalse();
  }

  @Test
  void aMissingRightIsBelievedForGoodAndToldOnce() {
    assertThat(refusals.add(ONE, true)).isTrue();
    pass(Duration.ofDays(1));
    assertThat(refusals.hold(ONE)).isTrue();
    assertThat(refusals.add(ONE, false)).isFalse();
    pass(Duration.ofDays(1));
    assertThat(refusals.hold(ONE)).isTrue();
  }

  @Test
  void anyOtherRefusalIsBelievedForAMinuteAndThenToldAgain() {
    assertThat(refusals.add(ONE, false)).isTrue();
    pass(Duration.ofSeconds(59));
    assertThat(refusals.hold(ONE)).isTrue();
    assertThat(refusals.add(ONE, false)).isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(refusals.hold(ONE)).isFalse();
    assertThat(refusals.add(ONE, false)).isTrue();
    assertThat(refusals.hold(ONE)).isTrue();
  }

  @Test
  void theQueuesThatAreRememberedAreBounded() {
    for (int i = 0; i <= 1000; i++) {
      assertThat(refusals.add(new ActiveMQQueue("q" + i), true)).isTrue();
    }
    assertThat(refusals.hold(new ActiveMQQueue("q0"))).isFalse();
    assertThat(refusals.hold(new ActiveMQQueue("q1"))).isTrue();
  }
}
