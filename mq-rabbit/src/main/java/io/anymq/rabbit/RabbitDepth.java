package io.anymq.rabbit;

import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.spi.Texts;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks for the number of ready messages, and knows when not to believe the answer.
 *
 * <p>The number is wrong in two cases, both seen on 3.10 and in the same code of 4.3. The queue's
 * leader does not answer the broker, see {@link LeaderAnswers}. Or the broker has just been
 * started, and the leader is not elected and has not read its log again: the broker says some older
 * number, mostly 0. The second case does not show at all, but is over a second after the broker
 * takes connections.
 */
final class RabbitDepth {

  /**
   * No broker that took our connection so long ago has queues without a leader still; in Raft's
   * terms more than the longest election time-out, which is 1.1 s with the broker's settings.
   */
  private static final Duration ELECTED = Duration.ofSeconds(2);

  private final LeaderAnswers answers;
  private final RabbitNames names;
  private final Duration limit;
  private final long openedAt = System.nanoTime();

  /** Queues that this link knows to have a leader. */
  private final Set<Queue> led = ConcurrentHashMap.newKeySet();

  /**
   * Made when the link is.
   *
   * @param limit how long to ask at most
   */
  RabbitDepth(NativeConnection connection, RabbitNames names, Duration limit) {
    this.answers = new LeaderAnswers(connection);
    this.names = names;
    this.limit = limit;
  }

  /** A queue has just been made, or has confirmed a message: it has a leader. */
  void isLed(Queue queue) {
    if (!isOldEnough()) {
      led.add(queue);
    }
  }

  /**
   * The number of ready messages.
   *
   * @throws io.anymq.DestinationNotFoundException when the queue does not exist
   * @throws MessagingTimeoutException when no answer could be believed in time
   */
  long of(Queue queue) {
    long begin = System.nanoTime();
    LeaderAnswers.Answer answer = ask(queue);
    while (!isToBeBelieved(answer, queue)) {
      if (System.nanoTime() - begin >= limit.toNanos()) {
        throw new MessagingTimeoutException(
            "The depth of %s could not be told within %s: its leader does not answer the broker"
                .formatted(queue.describe(), Texts.of(limit)));
      }
      Pauses.brief("asking for the depth of a queue");
      answer = ask(queue);
    }
    return answer.messages();
  }

  private LeaderAnswers.Answer ask(Queue queue) {
    return answers.ask(names.queue(queue), "Asking for the depth of " + queue.describe());
  }

  private boolean isToBeBelieved(LeaderAnswers.Answer answer, Queue queue) {
    boolean told = answer.messages() > 0 || answer.inTime();
    return told && (led.contains(queue) || isOldEnough());
  }

  private boolean isOldEnough() {
    return System.nanoTime() - openedAt >= ELECTED.toNanos();
  }
}
