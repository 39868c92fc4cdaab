package io.anymq.zeromq;

import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A sink that keeps what it gets. */
final class Inbox implements DeliverySink {

  /** The hub notices a link that has gone without a word after five heartbeats, 10 s. */
  private static final Duration LIMIT = Links.LIMIT.multipliedBy(2);

  private final BlockingQueue<InboundDelivery> deliveries = new LinkedBlockingQueue<>();
  final CompletableFuture<MessagingException> broken = new CompletableFuture<>();

  @Override
  public void deliver(List<? extends InboundDelivery> arrived) {
    deliveries.addAll(arrived);
  }

  @Override
  public void broken(MessagingException cause) {
    broken.complete(cause);
  }

  InboundDelivery next() throws InterruptedException {
    InboundDelivery delivery = deliveries.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (delivery == null) {
      throw new AssertionError("no delivery came within " + LIMIT);
    }
    return delivery;
  }

  List<InboundDelivery> next(int count) throws InterruptedException {
    List<InboundDelivery> some = new ArrayList<>();
    while (some.size() < count) {
      some.add(next());
    }
    return some;
  }

  List<String> texts(int count) throws InterruptedException {
    return next(count).stream().map(delivery -> delivery.message().text()).toList();
  }

  int waiting() {
    return deliveries.size();
  }
}
