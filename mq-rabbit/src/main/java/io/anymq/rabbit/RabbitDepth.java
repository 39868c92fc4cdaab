package io.anymq.rabbit;

import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks for the number of ready messages, and knows when not to believe the answer.
 *
 * <p>Passive declaration asks the process that leads a quorum queue, and gets a wrong number in two
 * cases, both seen on 3.10 and in the same code of 4.3. The leader does not answer within 250 ms:
 * the broker says 0. The broker has just been started, and the leader is not elected and has not
 * read its log again: the broker says some older number, mostly 0. The first case shows by the time
 * that the answer took; the second does not show at all, but is over a second after the broker
 * takes connections.
 */
final class RabbitDepth {

  /** A little less than the 250 ms that the broker gives a leader to answer in. */
  private static final Duration LEADERS_TIME = Duration.ofMillis(240);

  /**
   * No broker that took our connection so long ago has queues without a leader still; in Raft's
   * terms more than the longest election time-out, which is 1.1 s with the broker's settings.
   */
  private static final Duration ELECTED = Duration.ofSeconds(2);

  private final NativeConnection connection;
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
    this.connection = connection;
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
    Answer answer = ask(queue);
    while (!isToBeBelieved(answer, queue)) {
      if (System.nanoTime() - begin >= limit.toNanos()) {
        throw new MessagingTimeoutException(
            "The depth of %s could not be told within %,d s: its leader does not answer the broker"
                .formatted(queue.describe(), limit.toSeconds()));
      }
      Pauses.brief("asking for the depth of a queue");
      answer = ask(queue);
    }
    return answer.count();
  }

  /**
   * What the broker said.
   *
   * @param count the number of ready messages
   * @param nanos how long the broker took, beyond a round trip
   */
  private record Answer(long count, long nanos) {}

  private Answer ask(Queue queue) {
    long begin = System.nanoTime();
    return connection.ask(
        "Asking for the depth of " + queue.describe(),
        channel -> {
          long opened = System.nanoTime();
          long count = channel.queueDeclarePassive(names.queue(queue)).getMessageCount();
          long roundTrip = opened - begin;
          return new Answer(count, System.nanoTime() - opened - roundTrip);
        });
  }

  /** Whether a 0 that took so long may be the broker's for a queue that has not answered it. */
  static boolean isUnanswered(long nanos) {
    return nanos >= LEADERS_TIME.toNanos();
  }

  private boolean isToBeBelieved(Answer answer, Queue queue) {
    boolean leaderTimedOut = answer.count() == 0 && isUnanswered(answer.nanos());
    return !leaderTimedOut && (led.contains(queue) || isOldEnough());
  }

  private boolean isOldEnough() {
    return System.nanoTime() - openedAt >= ELECTED.toNanos();
  }
}
