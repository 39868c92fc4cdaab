package io.anymq.tck.mutants;

import io.anymq.InvalidOptionException;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Faults of subscriptions that begin in the past. */
final class ReplayMutations {

  private ReplayMutations() {}

  private static LinkConsumer open(
      Link link, ConsumerRequest request, DeliverySink sink, Source.OfTopic from) {
    return link.openConsumer(
        new ConsumerRequest(from, request.prefetch(), request.selector(), request.keyOrdered()),
        sink);
  }

  private static Source.OfTopic beginning(Source.OfTopic of, Optional<Instant> moment) {
    Source.Terms terms = of.terms();
    return new Source.OfTopic(
        of.topic(),
        new Source.Terms(terms.name(), terms.durable(), terms.shared(), moment, Optional.empty()));
  }

  /** Every subscription begins now. */
  static final class Nothing extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return request.source() instanceof Source.OfTopic of && of.terms().replays()
          ? ReplayMutations.open(link, request, sink, beginning(of, Optional.empty()))
          : link.openConsumer(request, sink);
    }
  }

  /** Every replay begins at the beginning. */
  static final class Everything extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return request.source() instanceof Source.OfTopic of && of.terms().replays()
          ? ReplayMutations.open(link, request, sink, beginning(of, Optional.of(Instant.EPOCH)))
          : link.openConsumer(request, sink);
    }
  }

  /** The past is gone when it has been replayed. */
  static final class Once extends Mutation {
    private final Set<Topic> replayed = ConcurrentHashMap.newKeySet();

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return request.source() instanceof Source.OfTopic of
              && of.terms().replays()
              && !replayed.add(of.topic())
          ? ReplayMutations.open(link, request, sink, beginning(of, Optional.empty()))
          : link.openConsumer(request, sink);
    }
  }

  /** What is no position is taken for the present. */
  static final class AnyPosition extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      try {
        return link.openConsumer(request, sink);
      } catch (InvalidOptionException e) {
        Source.OfTopic of = (Source.OfTopic) request.source();
        return ReplayMutations.open(link, request, sink, beginning(of, Optional.empty()));
      }
    }
  }

  /** A position is that of the message before. */
  static final class OneBefore extends Mutation {
    @Override
    InboundDelivery received(InboundDelivery delivery) {
      return Altered.position(
          delivery, delivery.position().map(each -> Long.toString(Long.parseLong(each) - 1)));
    }
  }
}
