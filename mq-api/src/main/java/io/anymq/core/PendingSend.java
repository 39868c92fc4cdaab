package io.anymq.core;

import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.SendInDoubtException;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.OutboundMessage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** A send from the moment it enters the window until it is confirmed or has failed. */
final class PendingSend implements OutboundMessage {

  private final CoreProducer producer;
  private final Message message;
  private final Deadline deadline;
  private final boolean exposed;
  private final Optional<CoreDelivery> origin;

  /**
   * What the application holds. It may complete or cancel it; nothing here depends on it. A stage
   * of the application's may depend on it, which must not run on the thread that tells the outcome.
   */
  private final CompletableFuture<Message> future = new CompletableFuture<>();

  private final AtomicBoolean decided = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean recreated = new AtomicBoolean();

  /** Whether a backend may have it. Written under the producer's send lock. */
  private volatile boolean transmitted;

  /** Whether a link took it and was lost before it told the outcome: that stays unknown. */
  private volatile boolean uncertain;

  /** Whether the backend has refused it for want of its destination, which is being made again. */
  private volatile boolean awaitsDestination;

  /**
   * A send.
   *
   * @param exposed whether the application gets the future
   * @param origin of a dead letter: the delivery
   */
  PendingSend(
      CoreProducer producer,
      Message message,
      Deadline deadline,
      boolean exposed,
      Optional<CoreDelivery> origin) {
    this.exposed = exposed;
    this.origin = origin;
    this.producer = producer;
    this.message = message;
    this.deadline = deadline;
  }

  @Override
  public Message message() {
    return message;
  }

  CompletableFuture<Message> future() {
    return future;
  }

  Deadline deadline() {
    return deadline;
  }

  /** Whether its outcome is known. */
  boolean isDecided() {
    return decided.get();
  }

  /** Whether its outcome has been told to the application, too. */
  boolean isEnded() {
    return ended.getCount() == 0;
  }

  boolean transmitted() {
    return transmitted;
  }

  /** Whether it is to be sent once more; another producer may have done that meanwhile. */
  boolean awaitsDestination() {
    return awaitsDestination && !isDecided();
  }

  @Override
  public boolean repeated() {
    return uncertain;
  }

  @Override
  public Optional<InboundDelivery> origin() {
    return origin.map(CoreDelivery::unwrapped);
  }

  /** Whether it is the dead letter of a delivery that comes again, and gets another one then. */
  boolean isObsolete() {
    return origin.map(delivery -> delivery.attachment().ended()).orElse(false);
  }

  void markTransmitted() {
    awaitsDestination = false;
    uncertain |= transmitted;
    transmitted = true;
  }

  @Override
  public void confirmed() {
    if (decided.compareAndSet(false, true)) {
      producer.confirmedOne(); // before anybody is told, who may want to send the next
      tell(() -> future.complete(message));
    }
  }

  @Override
  public void failed(MessagingException cause) {
    boolean mayRecreate =
        cause instanceof DestinationNotFoundException && producer.recreatesDestination();
    if (mayRecreate && !isDecided() && recreated.compareAndSet(false, true)) {
      transmitted = uncertain; // the backend has said that it does not have this one
      awaitsDestination = true;
      producer.recreateAndSend(this);
    } else {
      fail(uncertain ? inDoubt(cause) : cause);
    }
  }

  /** What a later link says of its own attempt tells nothing of an earlier one. */
  static MessagingException inDoubt(MessagingException cause) {
    return cause instanceof SendInDoubtException
        ? cause
        : new SendInDoubtException(
            "The backend may have the message; then this failed: " + cause.getMessage(), cause);
  }

  /** Ends it with a failure, unless its outcome is known. */
  void fail(MessagingException cause) {
    if (decided.compareAndSet(false, true)) {
      producer.freeRoom();
      tell(() -> future.completeExceptionally(cause));
    }
  }

  private void tell(Runnable outcome) {
    Runnable both =
        () -> {
          outcome.run();
          ended.countDown();
        };
    if (exposed) {
      producer.complete(both);
    } else {
      both.run();
    }
  }

  /** Waits for its end, in whatever way; false when that did not come in time. */
  boolean awaitEnd(Deadline deadline) {
    try {
      return Waits.until(ended, deadline);
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    }
  }
}
