package io.anymq.rabbit;

import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A listener that does something in its first delivery, and one that does not come out of it. */
final class Stuck implements DeliverySink {

  private final CountDownLatch released = new CountDownLatch(1);
  private final CompletableFuture<LinkConsumer> consumer = new CompletableFuture<>();
  private final CompletableFuture<MessagingException> broken = new CompletableFuture<>();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();
  private volatile Runnable action = this::hang;

  @Override
  public void deliver(List<? extends InboundDelivery> deliveries) {
    entered.countDown();
    try {
      action.run();
      done.complete(true);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  @Override
  public void broken(MessagingException cause) {
    broken.complete(cause);
  }

  /** Consumes, and returns when the listener is stuck. */
  void begin(RabbitLink link, Queue queue) throws Exception {
    consumer.complete(open(link, queue));
    if (!entered.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("No delivery came");
    }
  }

  /** Consumes one by one, and returns when the action was done in the first delivery. */
  void onDelivery(RabbitLink link, Queue queue, Runnable todo) throws Exception {
    action = todo;
    consumer.complete(open(link, queue));
    done.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private LinkConsumer open(RabbitLink link, Queue queue) {
    return link.openConsumer(
        new ConsumerRequest(Links.queue(queue), 10, Optional.empty(), false), this);
  }

  LinkConsumer consumer() {
    return consumer.join();
  }

  MessagingException awaitBroken() throws Exception {
    return broken.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  void release() {
    released.countDown();
  }

  private void hang() {
    try {
      if (!released.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("The test did not release the listener");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
