package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is done once, however many ask for it. */
final class ThreadsTest {

  private final AtomicInteger times = new AtomicInteger();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @Test
  void nobodyWaitsBeyondTheDeadlineForWhoDoesIt() throws Exception {
    Runnable once = Threads.once(this::doIt, System::nanoTime);
    Thread first = Threads.start("first", once);
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    Thread second = Threads.start("second", once);
    second.join(20_000);
    assertThat(second.isAlive()).as("waiting for the first; see Threads.once").isFalse();
    mayEnd.countDown();
    first.join(20_000);
    once.run();
    assertThat(times).hasValue(1);
  }

  private void doIt() {
    begun.countDown();
    times.incrementAndGet();
    try {
      boolean unused = mayEnd.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
