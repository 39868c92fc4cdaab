package io.anymq.tck.mutants;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Faults of the order of keys. */
final class KeyMutations {

  private KeyMutations() {}

  static final class Ignores extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return link.openConsumer(
          new ConsumerRequest(request.source(), request.prefetch(), request.selector(), false),
          sink);
    }
  }

  /** Keeps the order by having one message at a time in hand, whatever its key. */
  static final class OneForAll extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return link.openConsumer(
          new ConsumerRequest(request.source(), 1, request.selector(), request.keyOrdered()), sink);
    }
  }

  /** Counts what could be delivered at once, and forgets what waits for its key. */
  static final class HidesBacklog extends Mutation {
    @Override
    QueueDepth depth(Link link, Queue queue) {
      QueueDepth actual = ((DepthQuery) link).depth(queue);
      return QueueDepth.of(0, actual.inFlight().orElse(0), true);
    }
  }

  /** Consumers with keys are on a link that does not go with the application's. */
  private abstract static class Afterlife extends Mutation {
    private @Nullable Link afterlife;

    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      Link link = connecting.apply(request);
      BrokerUrl url = request.url();
      BrokerUrl uncut =
          new BrokerUrl(
              url.scheme(), url.address().replaceFirst("/.*", ""), url.user(), url.password());
      afterlife =
          connecting.apply(
              new LinkRequest(
                  uncut, request.options(), request.names(), cause -> closeAfterlife()));
      return link;
    }

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return (request.keyOrdered() ? afterlife() : link).openConsumer(request, sink);
    }

    final Link afterlife() {
      return Objects.requireNonNull(afterlife, "the link that stays");
    }

    final void closeAfterlife() {
      afterlife().close(Duration.ZERO);
    }
  }

  /** A consumer with keys is open for as long as the broker, whatever became of its link. */
  static final class StayWithTheDead extends Afterlife {
    @Override
    void close(Link link, ConsumerRequest request, LinkConsumer consumer) {
      if (!request.keyOrdered()) {
        consumer.close();
      }
    }
  }

  /** A consumer with keys that has been given nothing yet stays in the line when it closes. */
  static final class TheWaitingStay extends Afterlife {
    private volatile boolean given;

    @Override
    InboundDelivery received(InboundDelivery delivery) {
      given = true;
      return delivery;
    }

    @Override
    void close(Link link, ConsumerRequest request, LinkConsumer consumer) {
      if (!request.keyOrdered() || given) {
        consumer.close();
      }
    }
  }

  /** What a consumer with keys held when its link was lost comes behind what waits, marked. */
  static final class CrashMixes extends Afterlife {
    private static final String HELD = "held-before";

    private final Set<InboundDelivery> held = ConcurrentHashMap.newKeySet();
    private final Map<LinkConsumer, Queue> consumers = new ConcurrentHashMap<>();

    @Override
    LinkListener listener(LinkListener listener) {
      return cause -> {
        consumers.forEach(this::sendBehind);
        closeAfterlife();
        listener.lost(cause);
      };
    }

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      LinkConsumer consumer = super.open(link, request, sink);
      if (request.keyOrdered() && request.source() instanceof Source.OfQueue of) {
        consumers.put(consumer, of.queue());
      }
      return consumer;
    }

    @Override
    InboundDelivery received(InboundDelivery delivery) {
      held.add(delivery);
      Message message = delivery.message();
      return message.properties().containsKey(HELD)
          ? Altered.again(delivery, message.toBuilder().property(HELD, null).build())
          : delivery;
    }

    @Override
    void settle(LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      deliveries.forEach(held::remove);
      consumer.settle(outcome, deliveries);
    }

    /** First all copies, and then the keys are free. */
    private void sendBehind(LinkConsumer consumer, Queue queue) {
      LinkProducer end = afterlife().openProducer(queue, cause -> {});
      List<InboundDelivery> all = List.copyOf(held);
      for (InboundDelivery each : all) {
        end.send(Outcomes.unasked(each.message().toBuilder().property(HELD, true).build()));
      }
      consumer.settle(Outcome.ACCEPT, all);
    }
  }
}
