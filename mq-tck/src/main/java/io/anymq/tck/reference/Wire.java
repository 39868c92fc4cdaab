package io.anymq.tck.reference;

import io.anymq.ConnectionLostException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What passes between one link and its broker. A direction in which something was lost passes
 * nothing any more, for a stream cannot go on behind a gap. Guarded by the broker's lock.
 */
final class Wire {

  private final MemoryBroker broker;
  private final Network network;
  private final Duration patience;
  private final BooleanSupplier alive;
  private boolean lostRequests;
  private boolean lostAnswers;

  /**
   * Makes the wire of one link.
   *
   * @param patience how long an answer is waited for
   * @param alive whether the link is there; asked under the lock
   */
  Wire(MemoryBroker broker, Network network, Duration patience, BooleanSupplier alive) {
    this.broker = broker;
    this.network = network;
    this.patience = patience;
    this.alive = alive;
  }

  /** Whether what the client sends now reaches the broker. */
  boolean passesRequest() {
    lostRequests |= network.swallowsRequests;
    return !lostRequests;
  }

  /** Whether what the broker sends now comes to the client. */
  boolean passesAnswer() {
    lostAnswers |= network.swallowsAnswers;
    return !lostAnswers;
  }

  /** Whether something was lost. */
  boolean isDamaged() {
    return lostRequests || lostAnswers;
  }

  /** Has the broker do something, and waits for its answer. */
  <T> T ask(Supplier<T> action) {
    return broker.locked(
        () -> {
          broker.awaitAnswer(patience, broker::frozen);
          if (!alive.getAsBoolean()) {
            throw lost();
          }
          if (!passesRequest()) {
            throw unanswered();
          }
          T answer = action.get();
          if (!passesAnswer()) {
            throw unanswered();
          }
          return answer;
        });
  }

  private ConnectionLostException unanswered() {
    broker.awaitAnswer(patience, alive);
    return lost();
  }

  private static ConnectionLostException lost() {
    return new ConnectionLostException("The link to the broker in memory is gone");
  }
}
