package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Queue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Queues that were made some time before the broker is killed. RabbitMQ saves the table of its
 * quorum queues up to a second after the last change, and forgets a younger queue when its process
 * is killed, whatever it has confirmed; no operation tells when it is saved. The rules are about
 * messages, so they use queues that are older. Used by one scenario at a time.
 */
public final class OldQueues {

  /** RabbitMQ 3.10.8 forgot queues at up to 1.5 s of age on a loaded machine, and none at 3 s. */
  private static final Duration AGE = Duration.ofSeconds(3);

  private static final int COUNT = 5;

  private final Connection connection;
  private final Deque<Queue> queues = new ArrayDeque<>();
  private final long madeAt;

  /**
   * Makes the queues.
   *
   * @param connection a connection of the run
   * @param prefix begins their names; unique for the run
   */
  public OldQueues(Connection connection, String prefix) {
    this.connection = connection;
    for (int i = 0; i < COUNT; i++) {
      Queue queue = Queue.of(prefix + ".old." + i);
      connection.declare(queue);
      queues.add(queue);
    }
    madeAt = System.nanoTime();
  }

  /** One that nobody has had yet; waits until it is old enough. */
  Queue take() {
    awaitAge(madeAt);
    return queues.remove();
  }

  /** Waits until what was made at that time is old enough. */
  static void awaitAge(long nanoTime) {
    Check.eventually(
        () -> System.nanoTime() - nanoTime > AGE.toNanos(),
        "time to pass",
        () -> "none",
        "the clock");
  }

  /** Deletes those that nobody took. */
  public void delete() {
    queues.forEach(connection::delete);
  }
}
