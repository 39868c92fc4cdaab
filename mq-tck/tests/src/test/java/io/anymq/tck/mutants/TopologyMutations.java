package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Faults of queues, topics and subscriptions. */
final class TopologyMutations {

  private TopologyMutations() {}

  static final class SimilarNamesCollide extends Mutation {
    @Override
    Destination named(Destination destination) {
      return destination instanceof Queue
          ? Queue.of(destination.name().replace('_', '.'))
          : destination;
    }
  }

  /** Subscribes behind the first message that is sent after subscribe has returned. */
  static final class SlowJoiner extends Mutation {
    private static final Map<Destination, List<Late>> JOINING = new ConcurrentHashMap<>();

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (!(request.source() instanceof Source.OfTopic of)) {
        return link.openConsumer(request, sink);
      }
      Late late = new Late(() -> link.openConsumer(request, sink), new CompletableFuture<>());
      JOINING.computeIfAbsent(of.topic(), topic -> new CopyOnWriteArrayList<>()).add(late);
      return late;
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(message);
      List<Late> joining = JOINING.remove(to);
      if (joining != null) {
        joining.forEach(Late::join);
      }
    }
  }

  private record Late(Supplier<LinkConsumer> opening, CompletableFuture<LinkConsumer> consumer)
      implements LinkConsumer {

    void join() {
      consumer.complete(opening.get());
    }

    @Override
    public boolean releasesNatively() {
      return true;
    }

    @Override
    public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
      consumer.join().settle(outcome, deliveries);
    }

    @Override
    public void close() {
      var unused = consumer.thenAccept(LinkConsumer::close);
    }
  }

  static final class DurableLosesBacklog extends Mutation {
    @Override
    void close(Link link, ConsumerRequest request, LinkConsumer consumer) {
      consumer.close();
      if (request.source() instanceof Source.OfTopic of && of.terms().durable()) {
        link.unsubscribe(of.topic(), of.terms().name().orElseThrow());
      }
    }
  }

  static final class DurableIsShared extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of && of.terms().durable()) {
        Source.Terms shared =
            new Source.Terms(
                of.terms().name(), true, true, of.terms().replayFrom(), of.terms().replayAfter());
        return link.openConsumer(
            new ConsumerRequest(
                new Source.OfTopic(of.topic(), shared),
                request.prefetch(),
                request.selector(),
                request.keyOrdered()),
            sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  static final class UnsubscribesNothing extends Mutation {
    @Override
    void unsubscribe(Link link, Topic topic, String name) {}
  }

  static final class DeletesNothing extends Mutation {
    @Override
    void delete(Link link, Destination destination) {}
  }

  static final class DeclareEmpties extends Mutation {
    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      link.delete(destination);
      link.declare(destination, options);
    }
  }

  static final class PurgesNothing extends Mutation {
    @Override
    void purge(Link link, Queue queue) {}
  }

  static final class Unbounded extends Mutation {
    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      link.declare(destination, QueueOptions.DEFAULT);
    }
  }

  /** A queue that exists is declared, whatever was asked for. */
  static final class KeepsOtherOptions extends Mutation {
    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      link.declare(destination, link.exists(destination) ? QueueOptions.DEFAULT : options);
    }
  }

  static final class TemporaryStays extends Mutation {
    @Override
    void declareTemporary(Link link, Queue queue) {
      link.declare(queue, QueueOptions.DEFAULT);
    }
  }

  /** Takes capital letters for small ones. */
  static final class FoldsNames extends Mutation {
    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      if (!destination.name().equals(destination.name().toLowerCase(Locale.ROOT))) {
        throw new InvalidDestinationException("Only small letters: " + destination.name());
      }
      link.declare(destination, options);
    }
  }

  /** Removes the subscription's backlog when its link ends. */
  static final class ForgetsSubscribers extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of && of.terms().durable()) {
        link.unsubscribe(of.topic(), of.terms().name().orElseThrow());
      }
      return link.openConsumer(request, sink);
    }
  }

  /** One durable subscription of a topic is all that there is. */
  static final class UnsubscribesAll extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of && of.terms().durable()) {
        Source.Terms one = new Source.Terms(Optional.of("one"), true, of.terms().shared());
        return link.openConsumer(
            new ConsumerRequest(
                new Source.OfTopic(of.topic(), one),
                request.prefetch(),
                request.selector(),
                request.keyOrdered()),
            sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  /** A name that was deleted takes messages, and keeps none. */
  static final class RemembersDeleted extends Mutation {
    private static final Set<Destination> DELETED = ConcurrentHashMap.newKeySet();

    @Override
    void delete(Link link, Destination destination) {
      link.delete(destination);
      DELETED.add(destination);
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (DELETED.contains(to)) {
        message.confirmed();
      } else {
        producer.send(message);
      }
    }
  }

  /** Takes a topic that nobody ever listened to for one that is missing. */
  static final class NeedsListeners extends Mutation {
    private static final Set<Topic> HEARD = ConcurrentHashMap.newKeySet();

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of) {
        HEARD.add(of.topic());
      }
      return link.openConsumer(request, sink);
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (to instanceof Topic topic && !HEARD.contains(topic)) {
        message.failed(new DestinationNotFoundException("Nobody listens to " + topic));
      } else {
        producer.send(message);
      }
    }
  }
}
