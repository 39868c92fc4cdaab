package io.anymq.samples.orders;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Workers that compete for the orders. Each validates and prices an order and sends the result to
 * the topic; only then is the order accepted. So a crash in between makes an order come twice, but
 * never loses one.
 */
final class Workshop {

  /** Small, so that the workers share the orders evenly. */
  private static final int PREFETCH = 16;

  private final Producer results;
  private final Duration pricingTime;
  private final List<Consumer> workers = new ArrayList<>();
  private final List<AtomicInteger> shares = new ArrayList<>();
  private final Tally priced = new Tally();
  private final Set<Integer> rejected = ConcurrentHashMap.newKeySet();

  Workshop(Connection connection, Topic pricedOrders, Clock clock, Duration pricingTime) {
    results = connection.createProducer(pricedOrders, Desk.patient(clock));
    this.pricingTime = pricingTime;
  }

  /** Puts so many workers to work. */
  void open(Connection connection, Queue orders, int count) {
    ConsumerOptions options = ConsumerOptions.builder().prefetch(PREFETCH).build();
    for (int i = 0; i < count; i++) {
      AtomicInteger share = new AtomicInteger();
      shares.add(share);
      workers.add(
          connection.createConsumer(
              orders,
              options,
              delivery -> {
                work(delivery);
                share.incrementAndGet();
              }));
    }
  }

  private void work(Delivery delivery) throws InterruptedException {
    Clock.pass(pricingTime);
    try {
      PricedOrder order = PricedOrder.of(Order.parse(delivery.message()));
      results.send(order.toMessage());
      priced.add(order);
    } catch (InvalidOrderException e) {
      delivery.reject(e.reason());
      rejected.add(Order.row(delivery.message()));
    }
  }

  /** What the workers have priced and sent. */
  Tally priced() {
    return priced;
  }

  /** How many rows were rejected. */
  int rejected() {
    return rejected.size();
  }

  /** How many rows each worker has handled. */
  List<Integer> shares() {
    return shares.stream().map(AtomicInteger::get).toList();
  }

  /** Lets the workers finish what they hold, and sends them home. */
  void close() {
    workers.forEach(Consumer::close);
    results.close();
  }
}
