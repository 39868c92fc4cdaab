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
import java.util.function.Function;

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

  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * Whether its outcome is known. This and what follows change under the monitor of this object,
   * which is held for moments only: nobody transmits what is decided, and whoever decides knows
   * whether it was transmitted.
   */
  private volatile boolean decided;

  private boolean recreated;

  /** Whether a backend may have it. */
  private boolean transmitted;

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
    return decided;
  }

  /** Whether its outcome has been told to the application, too. */
  boolean isEnded() {
    return ended.getCount() == 0;
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

  /**
   * Begins to hand it to a link. False when its outcome is known: then it must not be sent, for the
   * application may have been told that it was not, and have sent it again.
   */
  synchronized boolean begin() {
    if (decided) {
      return false;
    }
    awaitsDestination = false;
    uncertain |= transmitted;
    transmitted = true;
    return true;
  }

  @Override
  public void confirmed() {
    synchronized (this) {
      if (decided) {
        return;
      }
      decided = true;
    }
    producer.confirmedOne(); // before anybody is told, who may want to send the next
    tell(() -> future.complete(message));
  }

  @Override
  public void failed(MessagingException cause) {
    if (cause instanceof DestinationNotFoundException
        && producer.recreatesDestination()
        && beginRecreation()) {
      producer.recreateAndSend(this);
    } else {
      fail(begun -> uncertain ? inDoubt(cause) : cause);
    }
  }

  private synchronized boolean beginRecreation() {
    if (decided || recreated) {
      return false;
    }
    recreated = true;
    transmitted = uncertain; // the backend has said that it does not have this one
    awaitsDestination = true;
    return true;
  }

  /** What a later link says of its own attempt tells nothing of an earlier one. */
  static MessagingException inDoubt(MessagingException cause) {
    return cause instanceof SendInDoubtException
        ? cause
        : new SendInDoubtException(
            "The backend may have the message; then this failed: " + cause.getMessage(), cause);
  }

  /**
   * Ends it with a failure, unless its outcome is known.
   *
   * @param failure what to tell, by whether a backend may have it
   */
  void fail(Function<Boolean, MessagingException> failure) {
    boolean begun;
    synchronized (this) {
      if (decided) {
        return;
      }
      decided = true;
      begun = transmitted;
    }
    MessagingException cause = failure.apply(begun);
    producer.freeRoom();
    tell(() -> future.completeExceptionally(cause));
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
