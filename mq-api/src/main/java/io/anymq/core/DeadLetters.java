package io.anymq.core;

import io.anymq.DeadLetter;
import io.anymq.DeadLetter.Reason;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what a consumer cannot use to the dead-letter queue, and accepts it when that is confirmed:
 * a crash in between duplicates the dead letter, and never loses it.
 */
final class DeadLetters {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  /** A dead letter queue that refuses is tried again after this pause, not in a tight circle. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** One that refuses for a reason that does not pass by itself waits for somebody to mend it. */
  private static final Duration LATE_RETRY = Duration.ofSeconds(30);

  /** Enough for a sentence and a stack's top; a header of a broker is no place for more. */
  private static final int MAX_ERROR_CHARS = 1000;

  private final CoreConnection connection;
  private final Source source;
  private final Optional<Queue> chosen;
  private final RepeatedWarning buried = new RepeatedWarning(LOG);
  private final RepeatedWarning refused = new RepeatedWarning(LOG);
  private final Map<CoreDelivery, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  /** What waits for another attempt, by where it came from. */
  private final Map<Destination, LetterQueue> waiting = new ConcurrentHashMap<>();

  DeadLetters(CoreConnection connection, Source source, Optional<Queue> chosen) {
    this.connection = connection;
    this.source = source;
    this.chosen = chosen;
  }

  /**
   * Whether there is a place for dead letters from there: beside a temporary queue there is none,
   * for nobody would ever remove it.
   */
  boolean keeps(Destination from) {
    return chosen.isPresent()
        || !(from instanceof Queue queue && CoreTemporaryQueue.isTemporary(queue));
  }

  /** Buries a delivery that is marked settled. */
  void bury(CoreDelivery delivery, Reason reason, @Nullable String error) {
    Interrupts.deferred(() -> buryNow(delivery, reason, error));
  }

  private void buryNow(CoreDelivery delivery, Reason reason, @Nullable String error) {
    if (delivery.attachment().ended()) {
      return; // it comes again, and is buried then
    }
    if (!keeps(delivery.destination())) {
      buried.warn(
          "Dropped %s (%s): a temporary queue has no dead letters".formatted(delivery, reason));
      delivery.buried();
      return;
    }
    CompletableFuture<Void> burial = new CompletableFuture<>();
    underWay.put(delivery, burial); // before it is sent: a close may come as soon as it is there
    try {
      Message letter = letter(delivery, reason, error);
      Queue queue = queueFor(delivery.destination());
      CompletableFuture<Void> unused =
          connection
              .withKept(queue, producer -> producer.sendLetter(letter, delivery))
              .handleAsync(
                  (message, failure) -> {
                    if (failure == null) {
                      untilDone(delivery, () -> done(delivery, reason, error, queue));
                    } else {
                      untilDone(delivery, () -> refused(delivery, reason, error, failure));
                    }
                    return null;
                  },
                  connection.threads()::bury)
              .handle(
                  (done, failure) -> {
                    if (failure != null) { // of our own, and nobody knows what became of the letter
                      untilDone(delivery, () -> refused(delivery, reason, error, failure));
                    }
                    return ended(delivery, burial);
                  });
    } catch (Throwable e) { // a fault of the adapter's must not end its consumer
      untilDone(delivery, () -> refused(delivery, reason, error, e));
      ended(delivery, burial);
    }
  }

  /**
   * Does what follows a letter's outcome, and again when a fault of the adapter's prevents it: else
   * nobody would settle the delivery any more. The letter itself is not sent again for that.
   */
  private void untilDone(CoreDelivery delivery, Runnable step) {
    Guard.run(
        step,
        e -> {
          connection.threads().after(RETRY, () -> againUntilDone(delivery, step));
          refused.warn(
              "What follows the dead letter of %s failed, will retry: %s"
                  .formatted(Guard.text(delivery), Guard.text(e)));
        });
  }

  private void againUntilDone(CoreDelivery delivery, Runnable step) {
    if (!delivery.attachment().ended()) { // else it comes again, and is buried then
      connection.threads().bury(() -> untilDone(delivery, step));
    }
  }

  private @Nullable Void ended(CoreDelivery delivery, CompletableFuture<Void> burial) {
    underWay.remove(delivery, burial);
    burial.complete(null);
    return null;
  }

  private void done(CoreDelivery delivery, Reason reason, @Nullable String error, Queue queue) {
    delivery.buried();
    Guard.run(() -> tellDone(delivery, reason, error, queue));
  }

  private void tellDone(CoreDelivery delivery, Reason reason, @Nullable String error, Queue queue) {
    buried.warn(
        "Dead-lettered %s to %s, %s%s"
            .formatted(
                Guard.text(delivery),
                queue.describe(),
                reason,
                error == null ? "" : ": " + shortened(error)));
    LetterQueue others = waiting.get(delivery.destination());
    if (others != null) {
      others.taken();
    }
  }

  /** Waits for the burials under way, so that a close does not make dead letters twice. */
  void awaitIdle(Deadline deadline) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new));
    buried.end("Dead letters of " + source.describe());
    refused.end("Dead letters of " + source.describe() + " that were not taken");
    boolean unused = Interrupts.waiting(() -> isOver(all, deadline));
  }

  private static boolean isOver(CompletableFuture<Void> all, Deadline deadline)
      throws InterruptedException {
    try {
      Waits.get(all, deadline);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Closing with dead letters under way; their messages come again", e);
      return false;
    }
  }

  Message letter(CoreDelivery delivery, Reason reason, @Nullable String error) {
    DeadLetter why =
        new DeadLetter(
            reason,
            delivery.deliveryCount(),
            delivery.destination().toString(),
            subscription(),
            shortened(error));
    return connection.stamp(why.mark(delivery.message()));
  }

  private @Nullable String subscription() {
    if (source instanceof Source.OfTopic of) {
      return of.terms().name().orElse(null);
    }
    return source instanceof Source.OfPattern of ? of.terms().name().orElse(null) : null;
  }

  Queue queueFor(Destination from) {
    return chosen.orElseGet(
        () ->
            source instanceof Source.OfPattern && from instanceof Topic topic
                ? fitting(topic)
                : defaultFor(from));
  }

  /**
   * A pattern may match a topic whose name leaves no room for the suffix: there the name is cut,
   * and a hash keeps it apart from others.
   */
  private static Queue fitting(Topic topic) {
    String name = topic.name();
    int room = Destination.MAX_NAME_LENGTH - Topic.DEAD_LETTER_SUFFIX.length();
    if (name.length() <= room) {
      return topic.deadLetterQueue();
    }
    String hash = "-%08x".formatted(name.hashCode());
    return Queue.of(name.substring(0, room - hash.length()) + hash + Topic.DEAD_LETTER_SUFFIX);
  }

  static Queue defaultFor(Destination from) {
    return from instanceof Queue queue ? queue.deadLetterQueue() : ((Topic) from).deadLetterQueue();
  }

  private void refused(
      CoreDelivery delivery, Reason reason, @Nullable String error, Throwable failure) {
    if (delivery.attachment().ended()) {
      return; // it comes again, and is buried then
    }
    refused.warn(
        "The dead letter of %s was not taken, will retry: %s"
            .formatted(Guard.text(delivery), failure.getMessage()));
    if (failure instanceof MessageTooLargeException && error != null) {
      bury(delivery, reason, null); // it may fit without its text
      return;
    }
    Duration pause = mayPass(failure) ? RETRY : LATE_RETRY;
    LetterQueue others =
        waiting.computeIfAbsent(
            delivery.destination(), any -> new LetterQueue(connection.threads()));
    delivery.rememberTimesAside();
    if (!delivery.attachment().putAside(delivery.inbound(), others.spread(pause, LATE_RETRY))) {
      others.add(delivery, pause, () -> bury(delivery, reason, error));
    } // otherwise the backend has it, and it comes again
  }

  /** An Error, such as a lack of threads, may pass. */
  private static boolean mayPass(Throwable failure) {
    return failure instanceof Error
        || failure.getCause() instanceof Error
        || (failure instanceof MessagingException known && known.isTransient());
  }

  private static @Nullable String shortened(@Nullable String error) {
    return error == null || error.length() <= MAX_ERROR_CHARS
        ? error
        : error.substring(0, MAX_ERROR_CHARS);
  }
}
