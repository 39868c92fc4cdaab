package io.anymq.tck.mutants;

import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults of delivering and settling. */
final class SettleMutations {

  private SettleMutations() {}

  static final class NeverRedelivers extends Mutation {
    @Override
    void settle(LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      consumer.settle(Outcome.ACCEPT, deliveries);
    }
  }

  static final class RedeliversWithoutFlag extends Mutation {
    @Override
    InboundDelivery received(InboundDelivery delivery) {
      return Altered.count(delivery, false, delivery.deliveryCount());
    }
  }

  static final class CountStuckAtOne extends Mutation {
    @Override
    InboundDelivery received(InboundDelivery delivery) {
      return Altered.count(delivery, delivery.redelivered(), 1);
    }
  }

  /** Accepts everything up to what is accepted, as a careless use of "multiple" does. */
  static final class AcceptsCumulatively extends Mutation {
    private final List<InboundDelivery> handedOut = new ArrayList<>();

    @Override
    synchronized InboundDelivery received(InboundDelivery delivery) {
      handedOut.add(delivery);
      return delivery;
    }

    @Override
    synchronized void settle(
        LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      int last = handedOut.indexOf(deliveries.get(deliveries.size() - 1));
      consumer.settle(
          outcome,
          outcome == Outcome.ACCEPT ? List.copyOf(handedOut.subList(0, last + 1)) : deliveries);
    }
  }

  static final class LosesAccepts extends Mutation {
    @Override
    void settle(LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      if (outcome == Outcome.RELEASE) {
        consumer.settle(outcome, deliveries);
      }
    }
  }

  /** Holds each settlement back until the next one comes; close forgets the last. */
  static final class CloseLosesSettlements extends Mutation {
    private List<InboundDelivery> held = List.of();

    @Override
    synchronized void settle(
        LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      consumer.settle(Outcome.ACCEPT, held);
      held = deliveries;
    }
  }

  static final class IgnoresPrefetch extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return link.openConsumer(
          new ConsumerRequest(request.source(), 1_000, request.selector(), request.keyOrdered()),
          sink);
    }
  }

  /** Locks whole batches, so that the bound that was asked for lies within the last one. */
  static final class RoundsPrefetchUp extends Mutation {
    private static final int BATCH = 200;

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      int batches = (request.prefetch() + BATCH - 1) / BATCH;
      return link.openConsumer(
          new ConsumerRequest(
              request.source(), batches * BATCH, request.selector(), request.keyOrdered()),
          sink);
    }
  }

  static final class DropsUndecodable extends Mutation {
    @Override
    List<InboundDelivery> received(List<InboundDelivery> batch) {
      return batch.stream().filter(each -> each.undecodable().isEmpty()).toList();
    }
  }

  static final class MarksEverything extends Mutation {
    @Override
    InboundDelivery received(InboundDelivery delivery) {
      return Altered.count(delivery, true, delivery.deliveryCount());
    }
  }

  /** Gives every tenth delivery to the consumer twice, unmarked. */
  static final class DeliversTwice extends Mutation {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    List<InboundDelivery> received(List<InboundDelivery> batch) {
      List<InboundDelivery> more = new ArrayList<>();
      for (InboundDelivery each : batch) {
        more.add(each);
        if (count.incrementAndGet() % 10 == 0) {
          more.add(each);
        }
      }
      return more;
    }
  }

  /** Releases all that was handed out before, as a careless use of "multiple" does. */
  static final class ReleasesAll extends Mutation {
    private final List<InboundDelivery> handedOut = new ArrayList<>();

    @Override
    synchronized InboundDelivery received(InboundDelivery delivery) {
      handedOut.add(delivery);
      return delivery;
    }

    @Override
    synchronized void settle(
        LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      consumer.settle(outcome, outcome == Outcome.ACCEPT ? deliveries : List.copyOf(handedOut));
      handedOut.removeAll(deliveries);
    }
  }

  /** A consumer that closes keeps what it holds from all others. */
  static final class KeepsWhatIsHeld extends Mutation {
    @Override
    void close(Link link, ConsumerRequest request, LinkConsumer consumer) {}
  }

  /** Puts what is released at the end of its queue, as something new. */
  static final class ReleasesToTheEnd extends Mutation {
    private final Map<LinkConsumer, LinkProducer> ends = new ConcurrentHashMap<>();

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      LinkConsumer consumer = link.openConsumer(request, sink);
      if (request.source() instanceof Source.OfQueue of) {
        ends.put(consumer, link.openProducer(of.queue(), cause -> {}));
      }
      return consumer;
    }

    @Override
    void settle(LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      LinkProducer end = ends.get(consumer);
      if (outcome == Outcome.ACCEPT || end == null) {
        consumer.settle(outcome, deliveries);
      } else {
        deliveries.forEach(each -> end.send(Outcomes.unasked(each.message())));
        consumer.settle(Outcome.ACCEPT, deliveries);
      }
    }
  }

  /** What waits for its redelivery, or for its dead-letter queue, counts towards the prefetch. */
  static final class ParkedTakesAPlace extends Mutation {
    @Override
    boolean parks() {
      return false;
    }
  }
}
