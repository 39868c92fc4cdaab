package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who waits for whom when a consumer closes beside commits that accept what it got. */
final class ActiveMqCommitsTest {

  private final ActiveMqCommits commits = new ActiveMqCommits();

  @Test
  void aCloseWaitsForTheCommitsUnderWay() throws Exception {
    commits.begin();
    commits.begin();
    Thread closing = new Thread(() -> commits.close(Links.PATIENCE), "anymq-test-closing");
    closing.start();
    awaitState(closing, Thread.State.TIMED_WAITING);
    commits.end();
    assertThat(commits.isClosed()).as("while one is under way").isFalse();
    commits.end();
    closing.join(Links.PATIENCE.toMillis());
    assertThat(closing.isAlive()).as("the close after the last commit's end").isFalse();
    assertThat(commits.isClosed()).isTrue();
  }

  @Test
  void aCloseThatMayNotWaitIsSeenByTheCommit() {
    commits.begin();
    commits.close(Duration.ZERO);
    assertThat(commits.isClosed()).isTrue();
    commits.end();
  }

  @Test
  void anInterruptDoesNotShortenTheWait() throws Exception {
    commits.begin();
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread closing =
        new Thread(
            () -> {
              commits.close(Links.PATIENCE);
              flag.complete(Thread.currentThread().isInterrupted());
            },
            "anymq-test-closing");
    closing.start();
    awaitState(closing, Thread.State.TIMED_WAITING);
    closing.interrupt();
    awaitState(closing, Thread.State.TIMED_WAITING);
    assertThat(commits.isClosed()).as("after an interrupt").isFalse();
    commits.end();
    assertThat(flag.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("the flag").isTrue();
  }

  private static void awaitState(Thread thread, Thread.State state) {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (thread.getState() != state) {
      assertThat(System.nanoTime() - deadline).as("time until the close waits").isNegative();
      Thread.onSpinWait();
    }
  }
}
