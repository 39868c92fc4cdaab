package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.selector.Selector;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Faults of selectors on queues. */
final class SelectorMutations {

  private SelectorMutations() {}

  private static ConsumerRequest without(ConsumerRequest request) {
    return new ConsumerRequest(
        request.source(), request.prefetch(), Optional.empty(), request.keyOrdered());
  }

  static final class Ignores extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return link.openConsumer(without(request), sink);
    }
  }

  /** Takes everything, hands out a part of it, and does the other thing with the rest. */
  private abstract static class SelectsHere extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.selector().isEmpty()) {
        return link.openConsumer(request, sink);
      }
      CompletableFuture<LinkConsumer> consumer = new CompletableFuture<>();
      Predicate<InboundDelivery> selected = selection(request.selector().get());
      LinkConsumer opened =
          link.openConsumer(
              without(request),
              new DeliverySink() {
                @Override
                public void deliver(List<? extends InboundDelivery> deliveries) {
                  List<InboundDelivery> wanted = new ArrayList<>(deliveries);
                  wanted.removeIf(selected.negate());
                  List<InboundDelivery> rest = new ArrayList<>(deliveries);
                  rest.removeIf(selected);
                  notSelected(consumer, rest);
                  if (!wanted.isEmpty()) {
                    sink.deliver(wanted);
                  }
                }

                @Override
                public void broken(MessagingException cause) {
                  sink.broken(cause);
                }
              });
      consumer.complete(opened);
      return opened;
    }

    Predicate<InboundDelivery> selection(String selector) {
      Selector parsed = Selector.parse(selector);
      return delivery -> parsed.matches(delivery.message());
    }

    void notSelected(CompletableFuture<LinkConsumer> consumer, List<InboundDelivery> rest) {}
  }

  /** Takes what it does not select, and keeps it until it closes. */
  static final class HoldsTheRest extends SelectsHere {}

  /** Accepts what it does not select, as the core does on a subscription. */
  static final class AcceptsTheRest extends SelectsHere {
    @Override
    void notSelected(CompletableFuture<LinkConsumer> consumer, List<InboundDelivery> rest) {
      consumer.join().settle(Outcome.ACCEPT, rest);
    }
  }

  /** Looks at what is there when it opens, and never again. */
  static final class SelectsOnce extends SelectsHere {
    @Override
    Predicate<InboundDelivery> selection(String selector) {
      Instant opened = Instant.now().truncatedTo(ChronoUnit.MILLIS); // as timestamps are
      return super.selection(selector)
          .and(delivery -> delivery.message().timestamp().orElseThrow().isBefore(opened));
    }
  }

  /** Looks at the first so many messages of a queue, as a broker that pages does. */
  static final class LooksAtAPage extends SelectsHere {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      int page = request.selector().isPresent() ? 200 : request.prefetch();
      return super.open(
          link,
          new ConsumerRequest(request.source(), page, request.selector(), request.keyOrdered()),
          sink);
    }
  }

  /** The second consumer with a selector of a queue gets everything. */
  static final class ForgetsWhenMadeAgain extends Mutation {
    private static final Set<ConsumerRequest> SEEN = ConcurrentHashMap.newKeySet();

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return link.openConsumer(SEEN.add(request) ? request : without(request), sink);
    }
  }

  /** The depth is of what the consumers that are there select. */
  static final class HidesTheRest extends Mutation {
    private static final Set<Queue> SELECTED = ConcurrentHashMap.newKeySet();

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.selector().isPresent() && request.source() instanceof Source.OfQueue of) {
        SELECTED.add(of.queue());
      }
      return link.openConsumer(request, sink);
    }

    @Override
    QueueDepth depth(Link link, Queue queue) {
      QueueDepth actual = ((DepthQuery) link).depth(queue);
      return SELECTED.contains(queue)
          ? QueueDepth.of(0, actual.inFlight().orElse(0), true)
          : actual;
    }
  }

  /** A text that looks like a number is one, as some dialects have it. */
  static final class ConvertsTexts extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      Message.Builder changed = message.message().toBuilder();
      Map<String, Object> properties = new HashMap<>(message.message().properties());
      properties.forEach(
          (name, value) -> {
            if (value instanceof String text && text.matches("\\d+")) {
              changed.property(name, Long.parseLong(text));
            }
          });
      producer.send(Outcomes.changed(message, changed.build()));
    }
  }

  /** What is not there equals nothing, and so differs from everything. */
  static final class UnknownIsFalse extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      Optional<String> bent =
          request.selector().map(text -> text.replace("(NOT ", "(colour IS NULL OR NOT "));
      return link.openConsumer(
          new ConsumerRequest(request.source(), request.prefetch(), bent, request.keyOrdered()),
          sink);
    }
  }

  /** The fields have names of the broker's own. */
  static final class RenamesFields extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      Optional<String> bent = request.selector().map(text -> text.replace("JMSX", "NATIVE"));
      return link.openConsumer(
          new ConsumerRequest(request.source(), request.prefetch(), bent, request.keyOrdered()),
          sink);
    }
  }
}
