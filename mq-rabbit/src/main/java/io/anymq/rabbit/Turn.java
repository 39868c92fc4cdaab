package io.anymq.rabbit;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One consumer's turn at a queue whose consumers keep the order of keys: one of them at a time
 * consumes. The turn is an exclusive queue beside the queue, which the broker gives to one
 * connection at a time, and takes away when that is lost; who waits asks for it again and again, at
 * first after 100 ms, then less often, up to every second. (Quorum queues know no exclusive
 * consumers. A token in a queue for all who wait would come by itself; but the broker closes the
 * channel of who holds a message for half an hour, and to send a token a consumer would have to
 * publish, which brokers that run short of memory do not take.) Safe for use by several threads.
 */
final class Turn {

  /** How often one at its turn asks for the end of others. */
  private static final Duration INTERVAL = Duration.ofMillis(100);

  /**
   * How seldom who waits asks in the end: each refusal closes a channel, and the broker logs that.
   * Short against what it takes to notice that a consumer is gone.
   */
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

  /** How long what the last one held may take to come back, where its connection broke. */
  private static final Duration PREDECESSOR_ENDS = Duration.ofSeconds(5);

  /** How much longer a queue may take that does not answer the broker. */
  private static final Duration QUEUE_ANSWERS = Duration.ofSeconds(10);

  /** How long a first one waits for the end of others who may be about to go. */
  private static final Duration OTHERS_END = Duration.ofSeconds(1);

  private final LeaderAnswers answers;
  private final SubscriptionLocks locks;
  private final RabbitNames names;
  private final String queue;
  private final String doing;
  private final CountDownLatch left = new CountDownLatch(1);
  private @Nullable Runnable releaser;

  /**
   * For one consumer; nothing is taken yet.
   *
   * @param queue the native queue
   * @param doing what is tried, for the sentence of a failure
   */
  Turn(
      NativeConnection connection,
      SubscriptionLocks locks,
      RabbitNames names,
      String queue,
      String doing) {
    this.answers = new LeaderAnswers(connection);
    this.locks = locks;
    this.names = names;
    this.queue = queue;
    this.doing = doing;
  }

  /**
   * Takes the turn, unless another one has it.
   *
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE} when nobody has it, and
   *     the queue has consumers nevertheless, which do not keep the order
   */
  void begin() {
    if (take() && !othersEnd()) {
      leave();
      throw new MessagingException(
          ErrorCode.SUBSCRIPTION_IN_USE,
          doing
              + " in the order of keys failed: it has consumers that do not keep that order; close"
              + " those first");
    }
  }

  private boolean othersEnd() {
    try {
      return consumersEnd(OTHERS_END);
    } catch (RuntimeException e) {
      leave();
      throw e;
    }
  }

  /** Whether it is this consumer's turn. */
  synchronized boolean isTaken() {
    return releaser != null;
  }

  /**
   * Waits for the turn, and until what the last one held is back in the queue.
   *
   * @return false when this consumer has left meanwhile
   */
  boolean await() {
    Duration interval = INTERVAL;
    while (!take()) {
      if (hasLeft(interval)) {
        return false;
      }
      Duration longer = interval.multipliedBy(2);
      interval = longer.compareTo(LONGEST_INTERVAL) < 0 ? longer : LONGEST_INTERVAL;
    }
    if (!consumersEnd(PREDECESSOR_ENDS) && left.getCount() > 0) {
      NativeConnection.LOG.warn(
          "{}: it has consumers that do not keep the order of keys, and did not ask this library",
          doing);
    }
    return left.getCount() > 0;
  }

  /** Takes no turn any more, and keeps the one that it has. */
  void waitNoMore() {
    left.countDown();
  }

  /** Takes no turn any more, and passes on the one that it has. */
  void leave() {
    waitNoMore();
    synchronized (this) {
      if (releaser != null) {
        releaser.run();
        releaser = null;
      }
    }
  }

  private synchronized boolean take() {
    if (releaser == null && left.getCount() > 0) {
      try {
        releaser = locks.hold(names.turn(queue), doing);
      } catch (MessagingException e) {
        if (e.code() != ErrorCode.SUBSCRIPTION_IN_USE) {
          throw e;
        }
      }
    }
    return releaser != null;
  }

  /**
   * The broker gives back what a consumer held in the same step in which it forgets it. A queue
   * that does not answer the broker in time is asked again, for longer.
   */
  private boolean consumersEnd(Duration limit) {
    long begin = System.nanoTime();
    while (true) {
      OptionalInt consumers = consumers();
      if (consumers.orElse(1) == 0) {
        return true;
      }
      Duration atMost = consumers.isPresent() ? limit : limit.plus(QUEUE_ANSWERS);
      if (System.nanoTime() - begin >= atMost.toNanos() || hasLeft(INTERVAL)) {
        return false;
      }
    }
  }

  /** Empty when the broker's 0 may say that the queue has not answered it. */
  private OptionalInt consumers() {
    LeaderAnswers.Answer answer = answers.ask(queue, doing);
    return answer.consumers() > 0 || answer.inTime()
        ? OptionalInt.of(answer.consumers())
        : OptionalInt.empty();
  }

  private boolean hasLeft(Duration within) {
    try {
      return left.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
