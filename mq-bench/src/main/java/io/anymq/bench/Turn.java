package io.anymq.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One contender's turn in a round: fills a queue of its own and empties it again. */
final class Turn {

  private static final Duration EMPTY_LIMIT = Duration.ofSeconds(15);
  private static final Duration EMPTY_LOOK = Duration.ofMillis(20);

  private final Contender contender;

  Turn(Contender contender) {
    this.contender = contender;
  }

  /**
   * Takes the turn.
   *
   * @param queue a name that was not used before
   * @param messages how many
   * @return messages a second
   * @throws BenchException when a message was lost, came twice, or was left behind
   */
  Figures take(String queue, int messages) throws Exception {
    contender.prepare(queue);
    long start = System.nanoTime();
    contender.sendConfirmed(messages);
    double sent = perSecond(messages, System.nanoTime() - start);
    Tally tally = new Tally(messages);
    contender.receiveAccepted(tally);
    double received = perSecond(messages, tally.elapsed().toNanos());
    awaitEmpty(queue, messages);
    contender.clear();
    return new Figures(sent, received);
  }

  private static double perSecond(int messages, long nanos) {
    return messages * (double) TimeUnit.SECONDS.toNanos(1) / nanos;
  }

  /** What was accepted must be gone; brokers carry that out a moment later. */
  private void awaitEmpty(String queue, int messages) throws Exception {
    long end = System.nanoTime() + EMPTY_LIMIT.toNanos();
    long left = contender.left();
    while (left > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(EMPTY_LOOK.toMillis());
      left = contender.left();
    }
    if (left > 0) {
      throw new BenchException(
          "All of %d messages were accepted, and %d are still in %s after %s"
              .formatted(messages, left, queue, EMPTY_LIMIT));
    }
  }
}
