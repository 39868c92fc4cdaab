package io.anymq.samples.orders;

import io.anymq.Connection;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes away what the demo made on the broker: when it is closed, or when Ctrl-C ends it before.
 */
final class CleanUp implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Console console;
  private final List<Connection> users = new CopyOnWriteArrayList<>();
  private final Runnable removal;
  private final AtomicBoolean done = new AtomicBoolean();
  private final Thread atExit = new Thread(this::abort, "orders-clean-up");

  CleanUp(Console console, Runnable removal) {
    this.console = console;
    this.removal = removal;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Names connections that have to be closed before, because they use what is taken away. */
  void closeBefore(Connection... connections) {
    users.addAll(List.of(connections));
  }

  @Override
  public void close() {
    if (done.compareAndSet(false, true)) {
      Runtime.getRuntime().removeShutdownHook(atExit);
      remove();
    }
  }

  private void abort() {
    if (done.compareAndSet(false, true)) {
      console.stop("Stopped; taking away what the demo made on the broker.");
      users.forEach(each -> each.close(PATIENCE));
      remove();
    }
  }

  private void remove() {
    try {
      removal.run();
    } catch (MessagingException e) {
      console.always("The demo's destinations are left on the broker: " + e.getMessage());
    }
  }
}
