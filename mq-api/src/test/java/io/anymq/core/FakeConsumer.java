package io.anymq.core;

import io.anymq.ConnectionLostException;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what was settled with it. */
class FakeConsumer implements LinkConsumer {

  final ConsumerRequest request;
  final DeliverySink sink;

  /** Each as {@code ACCEPT m1 m2}: how, and the texts; {@code PARK m1}, {@code LATER m1}. */
  final List<String> settled = new CopyOnWriteArrayList<>();

  volatile boolean releases = true;
  volatile boolean closed;

  /** What its close does first. */
  volatile Runnable closing = () -> {};

  FakeConsumer(ConsumerRequest request, DeliverySink sink) {
    this.request = request;
    this.sink = sink;
  }

  FakeDelivery deliver(FakeDelivery delivery) {
    sink.deliver(List.of(delivery));
    return delivery;
  }

  FakeDelivery deliver(String text) {
    return deliver(FakeDelivery.of(text));
  }

  void note(String what, List<? extends InboundDelivery> deliveries) {
    StringBuilder line = new StringBuilder(what);
    deliveries.forEach(each -> line.append(' ').append(each.message().text()));
    settled.add(line.toString());
  }

  @Override
  public boolean releasesNatively() {
    return releases;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    note(outcome.name(), deliveries);
  }

  @Override
  public void close() {
    closing.run();
    closed = true;
  }

  /** One whose backend keeps a released message for a while. */
  static final class Later extends FakeConsumer implements DelayedRelease {

    Later(ConsumerRequest request, DeliverySink sink) {
      super(request, sink);
    }

    @Override
    public void release(InboundDelivery delivery, Duration delay) {
      note("LATER " + delay.toMillis(), List.of(delivery));
    }
  }

  /** One whose acceptances do not reach the backend any more. */
  static final class Cut extends FakeConsumer {

    Cut(ConsumerRequest request, DeliverySink sink) {
      super(request, sink);
    }

    @Override
    public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
      if (outcome == Outcome.ACCEPT) {
        throw new ConnectionLostException("cut");
      }
      super.settle(outcome, deliveries);
    }
  }

  /** One whose prefetch does not count what is parked. */
  static class Lot extends FakeConsumer implements Parking {

    Lot(ConsumerRequest request, DeliverySink sink) {
      super(request, sink);
    }

    @Override
    public void park(InboundDelivery delivery) {
      note("PARK", List.of(delivery));
    }

    @Override
    public void unpark(InboundDelivery delivery) {
      note("UNPARK", List.of(delivery));
    }
  }
}
