package io.anymq.core;

import io.anymq.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a session has gathered since its last commit or rollback. Used by one thread at a time. */
final class UnitOfWork {

  private static final Logger LOG = LoggerFactory.getLogger(UnitOfWork.class);

  private final List<HeldSend> sends = new ArrayList<>();
  private final List<SessionDelivery> deliveries = new ArrayList<>();

  /**
   * A send that waits for the commit.
   *
   * @param producer by whom
   * @param message what, stamped
   * @param future completes with the commit
   * @param origin of a dead letter: the delivery
   */
  record HeldSend(
      CoreProducer producer,
      Message message,
      CompletableFuture<Message> future,
      Optional<CoreDelivery> origin) {}

  CompletableFuture<Message> hold(CoreProducer producer, Message message) {
    CompletableFuture<Message> future = new CompletableFuture<>();
    sends.add(new HeldSend(producer, message, future, Optional.empty()));
    return future;
  }

  void add(SessionDelivery delivery) {
    deliveries.add(delivery);
  }

  List<HeldSend> sends() {
    return sends;
  }

  List<SessionDelivery> deliveries() {
    return deliveries;
  }

  /** Whether a delivery of this unit was lost with its link, and comes again. */
  boolean hasLostDelivery() {
    return deliveries.stream().anyMatch(delivery -> delivery.core().attachment().ended());
  }

  /** Whether the backend cannot be told yet what became of a delivery. */
  boolean hasUnopenedConsumer() {
    return deliveries.stream().anyMatch(delivery -> delivery.core().attachment().link() == null);
  }

  /** Whether a delivery came on another link than this one. */
  boolean hasDeliveryFromBefore(long epoch) {
    return hasLostDelivery()
        || deliveries.stream().anyMatch(each -> each.core().attachment().epoch() != epoch);
  }

  /**
   * Has the consumers let go of their deliveries, where it is not known which of them are accepted:
   * the backend gives back what is not. A subscription that would end with its consumer has its
   * deliveries again instead, accepted or not.
   */
  void letGo() {
    deliveries.stream()
        .map(SessionDelivery::consumer)
        .filter(CoreConsumer::outlivesClose)
        .distinct()
        .forEach(CoreConsumer::reopen);
    deliveries.stream()
        .filter(delivery -> !delivery.consumer().outlivesClose())
        .forEach(SessionDelivery::giveBack);
  }

  /** Tells that the unit was committed. */
  void complete(Threads threads) {
    sends.forEach(send -> tell(threads, send, () -> send.future().complete(send.message())));
  }

  /** Tells that it was not. */
  void fail(Threads threads, RuntimeException cause) {
    sends.forEach(send -> tell(threads, send, () -> send.future().completeExceptionally(cause)));
  }

  /** What depends on a future may block, and so runs elsewhere; else it is done at once. */
  private static void tell(Threads threads, HeldSend send, Runnable outcome) {
    if (send.future().getNumberOfDependents() == 0) {
      outcome.run();
    } else {
      threads.complete(outcome);
    }
  }

  /** The unit has failed: what was delivered comes again, after a while. */
  void releaseDeliveries() {
    deliveries.forEach(SessionDelivery::giveBack);
  }

  /** A commit broke: whatever it has not settled comes again, whatever else fails meanwhile. */
  void releaseWhatIsLeft() {
    for (SessionDelivery delivery : deliveries) {
      try {
        if (!delivery.core().settled()) {
          delivery.giveBack();
        }
      } catch (RuntimeException e) {
        LOG.warn("Could not give back {}; it comes again when its consumer closes", delivery, e);
      }
    }
  }

  /** The session ends: what was delivered is for others. */
  void returnDeliveries() {
    deliveries.forEach(SessionDelivery::giveBackAtOnce);
  }
}
