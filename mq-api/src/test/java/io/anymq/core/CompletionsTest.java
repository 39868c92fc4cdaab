package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompletionsTest {

  private final Completions completions =
      new Completions(
          new CompletionThreads(
              task -> {
                Thread thread = new Thread(task, "completions");
                thread.setDaemon(true);
                return thread;
              }));

  @Test
  void tasksRunInTheirOrder() throws Exception {
    List<Integer> done = new CopyOnWriteArrayList<>();
    IntStream.range(0, 1000).forEach(i -> completions.execute(() -> done.add(i)));
    assertThat(completions.end(Deadline.in(Duration.ofSeconds(20)))).isTrue();
    assertThat(done).isEqualTo(IntStream.range(0, 1000).boxed().toList());
  }

  @Test
  void oneThatBlocksHoldsUpTheOthersForAMomentOnly() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch behind = new CountDownLatch(1);
    completions.execute(
        () -> {
          entered.countDown();
          await(release);
        });
    await(entered);
    completions.execute(behind::countDown);
    assertThat(behind.await(20, TimeUnit.SECONDS))
        .as("the task behind the one that blocks")
        .isTrue();
    release.countDown();
    assertThat(completions.end(Deadline.in(Duration.ofSeconds(20)))).isTrue();
  }

  @Test
  void oneThatThrowsEndsNothing() throws Exception {
    CountDownLatch behind = new CountDownLatch(1);
    completions.execute(
        () -> {
          throw new IllegalStateException("a stage of the application's");
        });
    completions.execute(behind::countDown);
    assertThat(behind.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatComesAfterTheEndIsDoneByTheCaller() throws Exception {
    assertThat(completions.end(Deadline.in(Duration.ofSeconds(20)))).isTrue();
    List<Thread> ran = new CopyOnWriteArrayList<>();
    completions.execute(() -> ran.add(Thread.currentThread()));
    assertThat(ran).containsExactly(Thread.currentThread());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The k-th of these threads can be started, and those after it. */
  private static Completions lacking(int threads) {
    AtomicInteger asked = new AtomicInteger();
    return new Completions(
        new CompletionThreads(
            task -> {
              if (asked.incrementAndGet() <= threads) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              Thread thread = new Thread(task, "completions");
              thread.setDaemon(true);
              return thread;
            }));
  }

  /** Whoever waits for a future would wait for ever. */
  @Test
  void whereNoThreadCanBeStartedAnotherIsTriedLater() throws Exception {
    for (int lack = 1; lack < 5; lack++) {
      Completions scarce = lacking(lack);
      List<Integer> done = new CopyOnWriteArrayList<>();
      IntStream.range(0, 10).forEach(i -> scarce.execute(() -> done.add(i)));
      Eventually.until(
          "all is done",
          () -> {
            scarce.revive(); // as the connection's tick does
            return done.size() == 10;
          });
      assertThat(done).isEqualTo(IntStream.range(0, 10).boxed().toList());
      assertThat(scarce.end(Deadline.in(Duration.ofSeconds(20)))).isTrue();
    }
  }
}
