package io.anymq.core;

import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.OutboundMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A send from the moment it enters the window until it is confirmed or has failed. */
final class PendingSend implements OutboundMessage {

  private final CoreProducer producer;
  private final Message message;
  private final Deadline deadline;
  private final CompletableFuture<Message> future = new CompletableFuture<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicBoolean recreated = new AtomicBoolean();

  /** Whether a backend may have it. Written under the producer's send lock. */
  private volatile boolean transmitted;

  PendingSend(CoreProducer producer, Message message, Deadline deadline) {
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

  boolean isDone() {
    return done.get();
  }

  boolean transmitted() {
    return transmitted;
  }

  void markTransmitted() {
    transmitted = true;
  }

  @Override
  public void confirmed() {
    if (done.compareAndSet(false, true)) {
      producer.freeRoom();
      future.complete(message);
    }
  }

  @Override
  public void failed(MessagingException cause) {
    boolean mayRecreate =
        cause instanceof DestinationNotFoundException && producer.recreatesDestination();
    if (mayRecreate && !isDone() && recreated.compareAndSet(false, true)) {
      producer.recreateAndSend(this);
    } else {
      fail(cause);
    }
  }

  /** Ends it with a failure, unless it has ended. */
  void fail(MessagingException cause) {
    if (done.compareAndSet(false, true)) {
      producer.freeRoom();
      future.completeExceptionally(cause);
    }
  }

  /** Waits for its end, in whatever way; false when that did not come in time. */
  boolean awaitEnd(Deadline deadline) {
    try {
      var unused =
          future
              .handle((sent, failure) -> true)
              .get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    } catch (ExecutionException | TimeoutException e) {
      return isDone();
    }
  }
}
