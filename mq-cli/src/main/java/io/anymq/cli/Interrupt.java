package io.anymq.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notices that this program is being ended, and says so in a sentence. A terminal interrupts the
 * brokers that the program has started together with it, and which of them notices it first is
 * chance: what looks like the end of a broker may be the end of all.
 */
final class Interrupt implements AutoCloseable {

  private static final Duration CHANCE = Duration.ofMillis(500);

  private final CountDownLatch happened = new CountDownLatch(1);
  private volatile boolean over;

  private Interrupt() {}

  static Interrupt watch(PrintWriter out, String sentence) {
    Interrupt interrupt = new Interrupt();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> interrupt.end(out, sentence), "mq-interrupt"));
    return interrupt;
  }

  private void end(PrintWriter out, String sentence) {
    happened.countDown();
    if (!over) {
      out.println(sentence);
      out.flush();
    }
  }

  /** Whether a broker that has ended may have ended by that. */
  boolean happened() throws InterruptedException {
    return within(CHANCE);
  }

  /** Waits; whether it happened before the time was over. */
  boolean within(Duration time) throws InterruptedException {
    return happened.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What was to be interrupted is over. */
  @Override
  public void close() {
    over = true;
  }
}
