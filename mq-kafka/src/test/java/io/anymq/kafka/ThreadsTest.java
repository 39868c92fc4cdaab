package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
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

  /** Else what a consumer has to clean up stays for as long as the link lives. */
  @Test
  void anInterruptedThreadDoesIt() {
    AtomicBoolean wasInterrupted = new AtomicBoolean();
    Runnable once =
        Threads.once(
            () -> {
              times.incrementAndGet();
              wasInterrupted.set(Thread.currentThread().isInterrupted());
            });
    Thread.currentThread().interrupt();
    once.run();
    assertThat(Thread.interrupted()).as("the flag afterwards").isTrue();
    assertThat(times).hasValue(1);
    assertThat(wasInterrupted).as("the flag meanwhile").isFalse();
  }

  @Test
  void anInterruptedThreadWaitsForALock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    AtomicBoolean taken = new AtomicBoolean();
    AtomicBoolean flag = new AtomicBoolean();
    Thread waiting;
    lock.lock();
    try {
      waiting =
          Threads.start(
              "waiting",
              () -> {
                taken.set(Threads.tryLock(lock, System.nanoTime() + TimeUnit.MINUTES.toNanos(1)));
                flag.set(Thread.interrupted());
              });
      while (!lock.hasQueuedThread(waiting)) {
        Thread.sleep(1);
      }
      waiting.interrupt();
    } finally {
      lock.unlock();
    }
    waiting.join(20_000);
    assertThat(taken).isTrue();
    assertThat(flag).isTrue();
  }

  @Test
  void aClockComesBackToAGuardedTaskThatFails() throws Exception {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    CountDownLatch thrice = new CountDownLatch(3);
    try (LogLines log = new LogLines("A look of this test")) {
      ScheduledFuture<?> unused =
          clock.scheduleWithFixedDelay(
              Threads.guarded(
                  "A look of this test",
                  () -> {
                    thrice.countDown();
                    throw new OutOfMemoryError("for this test");
                  }),
              0,
              1,
              TimeUnit.MILLISECONDS);
      assertThat(thrice.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(log.lines()).as("of three looks that failed").hasSize(1);
    } finally {
      clock.shutdownNow();
    }
  }

  @Test
  void ofSeveralStepsAllAreDoneThoughOneFails() {
    IllegalStateException first = new IllegalStateException("for this test");
    OutOfMemoryError second = new OutOfMemoryError("for this test");
    assertThatThrownBy(
            () ->
                Threads.all(
                    times::incrementAndGet,
                    () -> {
                      throw first;
                    },
                    () -> {
                      throw second;
                    },
                    times::incrementAndGet))
        .isSameAs(first)
        .hasSuppressedException(second);
    assertThat(times).hasValue(2);
  }

  @Test
  void whatATaskAsideThrowsIsThrown() {
    assertThatThrownBy(
            () ->
                Threads.aside(
                    "aside",
                    Duration.ofSeconds(20),
                    () -> {
                      throw new StackOverflowError("for this test");
                    }))
        .isInstanceOf(StackOverflowError.class);
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
