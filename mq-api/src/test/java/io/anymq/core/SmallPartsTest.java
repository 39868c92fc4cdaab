package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SmallPartsTest {

  @Test
  void aDeadlineCountsDown() {
    Deadline deadline = Deadline.in(Duration.ofSeconds(60));
    assertThat(deadline.isOver()).isFalse();
    assertThat(deadline.remainingMillis()).isBetween(30_000L, 60_000L);
    assertThat(deadline.remaining()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
    assertThat(deadline.plus(Duration.ofSeconds(60)).remainingMillis())
        .isBetween(90_000L, 120_000L);
    assertThat(Deadline.now().isOver()).isTrue();
    assertThat(Deadline.now().remainingNanos()).isZero();
  }

  @Test
  void theLongestTimeDoesNotOverflow() {
    Deadline deadline = Deadline.in(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(deadline.isOver()).isFalse();
    assertThat(deadline.remaining()).isGreaterThan(Duration.ofDays(36_000));
  }

  @Test
  void aTimeoutIsNotNegative() {
    assertThat(Waits.requireTimeout(Duration.ZERO)).isEqualTo(Duration.ZERO);
    assertThatThrownBy(() -> Waits.requireTimeout(Duration.ofMillis(-1)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("-1 ms");
  }

  @Test
  void pausesDoubleUpToTheLongestAndAreCutByHalfAtMost() {
    Backoff backoff =
        Backoff.of(
            Options.none()
                .with(ConnectionOptions.RECOVERY_MIN_PAUSE, Duration.ofMillis(100))
                .with(ConnectionOptions.RECOVERY_MAX_PAUSE, Duration.ofMillis(300)));
    for (int step : List.of(100, 200, 300, 300)) {
      assertThat(backoff.next()).isBetween(Duration.ofMillis(step / 2), Duration.ofMillis(step));
    }
  }

  @Test
  void pausesDiffer() {
    List<Duration> pauses =
        java.util.stream.IntStream.range(0, 50)
            .mapToObj(each -> Backoff.of(Options.none()).next())
            .distinct()
            .toList();
    assertThat(pauses).hasSizeGreaterThan(1);
  }

  @Test
  void aWordWithUpToTwoMistakesIsRecognized() {
    List<String> known = List.of("prefetch", "password", "user");
    assertThat(Similar.to("prefech", known)).contains("prefetch");
    assertThat(Similar.to("perfetch", known)).contains("prefetch");
    assertThat(Similar.to("prefetchxyz", known)).isEmpty();
    assertThat(Similar.to("usr", List.of("us", "user", "usx"))).contains("us");
    assertThat(Similar.to("", List.of("ab"))).contains("ab");
    assertThat(Similar.to("abc", List.of(""))).isEmpty();
    assertThat(Similar.to("sea", List.of("aes", "tea"))).contains("tea");
  }

  @Test
  void anInterruptIsDeferredAndKept() {
    List<Boolean> seen = new ArrayList<>();
    Thread.currentThread().interrupt();
    Interrupts.deferred(() -> seen.add(Thread.currentThread().isInterrupted()));
    assertThat(Thread.interrupted()).isTrue();
    Interrupts.deferred(() -> seen.add(Thread.currentThread().isInterrupted()));
    assertThat(seen).containsExactly(false, false);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aFailureIsFoundInWhatWrapsIt() {
    MessagingException lost = new ConnectionLostException("cut");
    assertThat(MessagingFailures.of(new CompletionException(lost))).isSameAs(lost);
    assertThat(MessagingFailures.of(lost)).isSameAs(lost);
    MessagingException other = MessagingFailures.of(new IllegalStateException("x"));
    assertThat(other.code()).isEqualTo(ErrorCode.BACKEND_FAILURE);
    assertThat(other).hasMessageContaining("x");
  }

  @Test
  void thereIsAQueueForEachPriorityTheMostUrgentFirst() {
    Queue queue = Queue.of("q");
    assertThat(Bands.all(queue)).hasSize(10).doesNotHaveDuplicates();
    assertThat(Bands.all(queue).get(0)).isEqualTo(Bands.last(queue));
    assertThat(Bands.all(queue).get(5)).isEqualTo(queue);
    assertThat(Bands.of(queue, Message.DEFAULT_PRIORITY)).isEqualTo(queue);
    assertThat(Bands.of(queue, 9)).isEqualTo(Queue.of("q.priority-9"));
    assertThat(Bands.behind(queue))
        .hasSize(9)
        .doesNotContain(queue)
        .startsWith(Bands.of(queue, 0))
        .startsWith(Bands.mark(queue))
        .endsWith(Bands.last(queue));
  }

  @Test
  void theNameOfAPrioritizedQueueLeavesRoomForTheirs() {
    int longest = Destination.MAX_NAME_LENGTH - ".priority-0".length();
    Queue fits = Queue.of("q".repeat(longest));
    Queue tooLong = Queue.of("q".repeat(longest + 1));
    assertThat(Bands.fit(fits)).isTrue();
    Bands.requireFit(fits);
    assertThat(Bands.mark(fits).name()).hasSize(Destination.MAX_NAME_LENGTH);
    assertThat(Bands.fit(tooLong)).isFalse();
    assertThatThrownBy(() -> Bands.requireFit(tooLong))
        .isInstanceOf(InvalidDestinationException.class)
        .hasMessageContaining(longest + " characters");
  }

  @Test
  void whatWasHandedOutBeforeALossComesAgainOnce() {
    HandedOut handedOut = new HandedOut(2);
    for (String id : List.of("1", "2", "3", "4", "5")) {
      handedOut.add(id, true, new AtomicReference<>(Settlement.ACCEPTED));
    }
    assertThat(handedOut.comesAgain(FakeDelivery.of("5"))).as("before a loss").isFalse();
    handedOut.linkLost();
    assertThat(handedOut.comesAgain(FakeDelivery.of("1"))).as("too long ago").isFalse();
    assertThat(handedOut.comesAgain(FakeDelivery.of("2"))).isTrue();
    assertThat(handedOut.comesAgain(FakeDelivery.of("5"))).isTrue();
    assertThat(handedOut.comesAgain(FakeDelivery.of("5"))).as("asked again").isFalse();
    assertThat(handedOut.comesAgain(FakeDelivery.of("6"))).isFalse();
  }

  @Test
  void whatIsStillHeldIsNotForgottenBehindManyOthers() {
    HandedOut handedOut = new HandedOut(2);
    handedOut.add("held", true, new AtomicReference<>());
    for (int i = 0; i < 100; i++) {
      handedOut.add("other " + i, true, new AtomicReference<>(Settlement.ACCEPTED));
    }
    handedOut.linkLost();
    assertThat(handedOut.times("held")).isEqualTo(1);
    assertThat(handedOut.comesAgain(FakeDelivery.of("held"))).isTrue();
  }

  @Test
  void whatComesAgainIsCountedFromItsFirstReleaseOrLossOn() {
    HandedOut handedOut = new HandedOut(2);
    handedOut.add("1", true, new AtomicReference<>());
    assertThat(handedOut.times("1")).as("in calm weather").isZero();
    handedOut.linkLost();
    assertThat(handedOut.times("1")).isEqualTo(1);
    handedOut.add("1", false, new AtomicReference<>());
    assertThat(handedOut.times("1")).isEqualTo(2);
    handedOut.buried("1");
    handedOut.linkLost();
    assertThat(handedOut.times("1")).as("when it is dead-lettered").isZero();
    handedOut.released("2");
    handedOut.add("2", false, new AtomicReference<>());
    assertThat(handedOut.times("2")).isEqualTo(2);
    handedOut.add("2", true, new AtomicReference<>());
    assertThat(handedOut.times("2")).as("when it is sent again with its id").isZero();
  }

  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private static ReplayProgress replay(Instant from) {
    Source.Terms terms =
        new Source.Terms(Optional.empty(), false, false, Optional.of(from), Optional.empty());
    return new ReplayProgress(new Source.OfTopic(Topic.of("t"), terms));
  }

  private static FakeDelivery sentAt(Instant timestamp, @Nullable String position) {
    FakeDelivery delivery =
        new FakeDelivery(Message.text("m").toBuilder().timestamp(timestamp).build());
    delivery.position = position;
    return delivery;
  }

  private static Instant resumed(ReplayProgress progress) {
    return ((Source.OfTopic) progress.resumed()).terms().replayFrom().orElseThrow();
  }

  /** One that is sent on as it was received keeps its time. */
  @Test
  void aReplayGoesOnAtTheLatestTimeThatItHasReached() {
    ReplayProgress progress = replay(Instant.EPOCH);
    assertThat(resumed(progress)).isEqualTo(Instant.EPOCH);
    progress.note(sentAt(NOON, "1"));
    progress.note(sentAt(NOON.minus(Duration.ofDays(3)), "2"));
    assertThat(resumed(progress)).isEqualTo(NOON.minus(Duration.ofMinutes(1)));
    progress.note(sentAt(NOON.minusSeconds(5), "of a sender whose clock is behind"));
    assertThat(resumed(progress)).isEqualTo(NOON.minusSeconds(5));
    progress.note(sentAt(NOON.plusMillis(1), "3"));
    progress.note(sentAt(Instant.now().plus(Duration.ofDays(1)), "4"));
    assertThat(resumed(progress)).isEqualTo(NOON.plusMillis(1));
  }

  @Test
  void aReplayNeverGoesOnBeforeItsBeginning() {
    ReplayProgress progress = replay(NOON);
    progress.note(sentAt(NOON.minus(Duration.ofDays(3)), "1"));
    assertThat(resumed(progress)).isEqualTo(NOON);
  }

  /**
   * Of several partitions each has its own time, and the one that lags behind must not be missed.
   */
  @Test
  void aReplayOfATopicWithoutOneOrderGoesOnAtTheTimeOfTheLast() {
    ReplayProgress progress = replay(Instant.EPOCH);
    progress.note(sentAt(NOON, null));
    progress.note(sentAt(NOON.minusSeconds(1), null));
    assertThat(resumed(progress)).isEqualTo(NOON.minusSeconds(1));
  }
}
