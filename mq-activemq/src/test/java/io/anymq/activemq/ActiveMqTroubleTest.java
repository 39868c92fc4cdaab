package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueFullException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a row of failures is spoken of, and how long the attempts are apart. */
@Timeout(10)
final class ActiveMqTroubleTest {

  private final MessagingException full = new QueueFullException("The store is full", null);
  private final MessagingException inUse =
      new MessagingException(ErrorCode.SUBSCRIPTION_IN_USE, "Somebody has it");

  private final ActiveMqTrouble trouble = new ActiveMqTrouble();

  private ActiveMqTrouble.Advice at(Duration time, MessagingException why) {
    return trouble.failed(why, time.toNanos());
  }

  private List<Long> pauses(int count, MessagingException why) {
    return IntStream.range(0, count)
        .mapToObj(i -> at(Duration.ZERO, why).pause().toMillis())
        .toList();
  }

  @Test
  void attemptsAreEverFurtherApart() {
    assertThat(pauses(8, full)).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L);
  }

  @Test
  void whoWaitsForAnotherToLeaveAsksEachSecond() {
    assertThat(pauses(6, inUse)).containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
  }

  @Test
  void theFirstIsToldAndThenOneEachMinute() {
    assertThat(at(Duration.ZERO, full).warns()).isTrue();
    assertThat(at(Duration.ofSeconds(1), full).warns()).isFalse();
    assertThat(at(Duration.ofSeconds(59), full).warns()).isFalse();
    assertThat(at(Duration.ofSeconds(60), full).warns()).isTrue();
    assertThat(at(Duration.ofSeconds(61), full).warns()).isFalse();
  }

  @Test
  void aHandOverIsNotTold() {
    assertThat(at(Duration.ZERO, inUse).warns()).isFalse();
    assertThat(at(Duration.ofMillis(999), inUse).warns()).isFalse();
    assertThat(at(Duration.ofSeconds(1), inUse).warns()).isTrue();
  }

  @Test
  void whatDoesNotGoAwayByItselfIsHopelessAfterAWhile() {
    MessagingException refused = new MessagingException(ErrorCode.ACCESS_REFUSED, "Not allowed");
    assertThat(at(Duration.ZERO, refused).hopeless()).isFalse();
    assertThat(at(Duration.ofMillis(999), refused).hopeless()).isFalse();
    assertThat(at(Duration.ofSeconds(1), refused).hopeless()).isTrue();
    assertThat(at(Duration.ofMinutes(1), full).hopeless()).isFalse();
  }

  @Test
  void whatHasWorkedBeginsAnotherRow() {
    assertThat(pauses(3, full)).endsWith(400L);
    trouble.isOver();
    ActiveMqTrouble.Advice next = at(Duration.ofSeconds(1), full);
    assertThat(next.warns()).isTrue();
    assertThat(next.pause()).isEqualTo(Duration.ofMillis(100));
    assertThat(next.why()).isSameAs(full);
  }
}
