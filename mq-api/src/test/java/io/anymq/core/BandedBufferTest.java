package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Queue;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BandedBufferTest {

  private final BandedBuffer buffer = new BandedBuffer(2);

  @AfterEach
  void noLockIsLeftHeld() {
    Eventually.returnsElsewhere("the buffer", buffer::hasEnded);
  }

  private static List<BandedDelivery> of(int band, String... texts) {
    return Stream.of(texts)
        .map(
            text ->
                new BandedDelivery(
                    FakeDelivery.of(text),
                    Queue.of("q"),
                    band,
                    () -> {
                      throw new AssertionError("nobody asks");
                    }))
        .toList();
  }

  private static List<String> texts(List<BandedDelivery> deliveries) {
    return deliveries.stream().map(each -> each.message().text()).toList();
  }

  private AtomicReference<List<String>> waitForNext() {
    AtomicReference<List<String>> next = new AtomicReference<>();
    Eventually.waiting(
        () -> {
          try {
            next.set(texts(buffer.next()));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    return next;
  }

  private static void expect(AtomicReference<List<String>> next, String... texts) {
    Eventually.until("the next deliveries", () -> next.get() != null);
    assertThat(next.get()).containsExactly(texts);
  }

  @Test
  void theMostUrgentGoesFirst() throws Exception {
    assertThat(buffer.room()).isEqualTo(4);
    buffer.add(3, of(3, "late"));
    buffer.add(0, of(0, "urgent"));
    assertThat(texts(buffer.next())).containsExactly("urgent");
    assertThat(texts(buffer.next())).containsExactly("late");
  }

  @Test
  void noMoreAreOutThanAllowedUntilOneIsSettled() throws Exception {
    List<BandedDelivery> three = of(1, "1", "2", "3");
    buffer.add(1, three);
    assertThat(texts(buffer.next())).containsExactly("1", "2");
    AtomicReference<List<String>> next = waitForNext();
    assertThat(next.get()).isNull();
    buffer.settled(Outcome.ACCEPT, three.subList(0, 1));
    expect(next, "3");
  }

  @Test
  void aParkedOneTakesNoPlace() throws Exception {
    buffer.add(1, of(1, "1", "2", "3", "4"));
    assertThat(texts(buffer.next())).containsExactly("1", "2");
    AtomicReference<List<String>> next = waitForNext();
    buffer.parked(1);
    expect(next, "3");
    buffer.parked(-1);
    buffer.parked(2);
    expect(waitForNext(), "4");
  }

  @Test
  void whoWaitsIsWokenByWhatComes() {
    AtomicReference<List<String>> next = waitForNext();
    buffer.add(2, of(2, "m"));
    expect(next, "m");
  }

  @Test
  void whatIsReleasedComesAgainBeforeALessUrgentOne() throws Exception {
    List<BandedDelivery> urgent = of(0, "urgent");
    buffer.add(0, urgent);
    buffer.add(5, of(5, "late"));
    assertThat(texts(buffer.next())).containsExactly("urgent");
    buffer.settled(Outcome.RELEASE, urgent);
    buffer.add(0, of(0, "again"));
    assertThat(texts(buffer.next())).containsExactly("again");
    expect(waitForNext(), "late");
  }

  @Test
  void aQueueThatWasFullHasAMomentToRefill() throws Exception {
    List<BandedDelivery> full = of(0, "1", "2", "3", "4");
    buffer.add(0, full);
    buffer.add(5, of(5, "late"));
    assertThat(texts(buffer.next())).containsExactly("1", "2");
    long before = System.nanoTime();
    buffer.settled(Outcome.ACCEPT, full.subList(0, 2));
    assertThat(texts(buffer.next())).containsExactly("3", "4");
    buffer.settled(Outcome.ACCEPT, full.subList(2, 4));
    expect(waitForNext(), "late");
    assertThat(System.nanoTime() - before).as("nanoseconds to refill").isGreaterThan(20_000_000);
  }

  @Test
  void oneThatWasNotFullNeedsNone() throws Exception {
    List<BandedDelivery> few = of(0, "1", "2");
    buffer.add(0, few);
    buffer.add(5, of(5, "late"));
    assertThat(texts(buffer.next())).containsExactly("1", "2");
    buffer.settled(Outcome.ACCEPT, few);
    assertThat(texts(buffer.next())).containsExactly("late");
  }

  @Test
  void itEndsOnceAndWakesWhoWaits() {
    AtomicReference<List<String>> next = waitForNext();
    assertThat(buffer.hasEnded()).isFalse();
    assertThat(buffer.end()).isTrue();
    assertThat(buffer.end()).isFalse();
    assertThat(buffer.hasEnded()).isTrue();
    expect(next);
    buffer.add(0, of(0, "m"));
    expect(waitForEnd());
  }

  private AtomicReference<List<String>> waitForEnd() {
    AtomicReference<List<String>> next = new AtomicReference<>();
    try {
      next.set(texts(buffer.next()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return next;
  }

  @Test
  void itWaitsForAFirstMessageOfEachThatHasSome() throws Exception {
    buffer.add(1, of(1, "m"));
    buffer.awaitFirst(List.of(1), Deadline.in(Duration.ofSeconds(60)));
    Thread waiter = Eventually.waiting(() -> awaitFirst(List.of(1, 2)));
    buffer.add(2, of(2, "n"));
    waiter.join(10_000);
    assertThat(waiter.isAlive()).isFalse();
    Thread second = Eventually.waiting(() -> awaitFirst(List.of(3)));
    assertThat(buffer.end()).isTrue();
    second.join(10_000);
    assertThat(second.isAlive()).isFalse();
    new BandedBuffer(1).awaitFirst(List.of(3), Deadline.in(Duration.ofMillis(2)));
  }

  private void awaitFirst(List<Integer> numbers) {
    try {
      buffer.awaitFirst(numbers, Deadline.in(Duration.ofSeconds(60)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
