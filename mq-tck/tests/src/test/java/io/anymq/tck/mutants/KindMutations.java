package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Source;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Faults of queues with options, and of messages that wait for their time. */
final class KindMutations {

  private KindMutations() {}

  private static QueueOptions prioritized(QueueOptions options, boolean prioritized) {
    QueueOptions.Builder changed = QueueOptions.builder().prioritized(prioritized);
    options.maxLength().ifPresent(changed::maxLength);
    return changed.build();
  }

  static final class IgnoresPriority extends Mutation {
    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      link.declare(destination, prioritized(options, false));
    }
  }

  static final class AlwaysPrioritizes extends Mutation {
    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      link.declare(destination, prioritized(options, true));
    }
  }

  static final class IgnoresDelay extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      Message hasty = message.message().toBuilder().deliveryDelay(null).build();
      producer.send(Outcomes.changed(message, hasty));
    }
  }

  static final class LosesDelayed extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (message.message().deliveryDelay().isPresent()) {
        message.confirmed();
      } else {
        producer.send(message);
      }
    }
  }

  /** Takes no more delayed messages once a queue was deleted that one of them waits for. */
  static final class DelayedAreHeldUp extends Mutation {
    private static final Set<Destination> WAITED_FOR = ConcurrentHashMap.newKeySet();
    private static final Set<String> HELD_UP = ConcurrentHashMap.newKeySet();

    private String url = "";

    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      url = request.url().toString();
      return connecting.apply(request);
    }

    @Override
    void delete(Link link, Destination destination) {
      link.delete(destination);
      if (WAITED_FOR.contains(destination)) {
        HELD_UP.add(url);
      }
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (message.message().deliveryDelay().isEmpty()) {
        producer.send(message);
      } else if (HELD_UP.contains(url)) {
        message.confirmed();
      } else {
        WAITED_FOR.add(to);
        producer.send(message);
      }
    }
  }

  /** A temporary queue that goes with its first consumer. */
  static final class TemporaryEndsEarly extends Mutation {
    @Override
    void close(Link link, ConsumerRequest request, LinkConsumer consumer) {
      consumer.close();
      if (request.source() instanceof Source.OfQueue of && of.queue().name().startsWith("tmp.")) {
        link.delete(of.queue());
      }
    }
  }

  static final class TemporaryIsOne extends Mutation {
    @Override
    Destination named(Destination destination) {
      return destination instanceof Queue queue && queue.name().startsWith("tmp.")
          ? Queue.of("tmp.one")
          : destination;
    }

    @Override
    void declareTemporary(Link link, Queue queue) {
      link.declare(named(queue), QueueOptions.DEFAULT);
    }
  }
}
