package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** Faults of shared subscriptions and of those to patterns. */
final class SubscriptionMutations {

  private SubscriptionMutations() {}

  private static ConsumerRequest of(ConsumerRequest request, Source source) {
    return new ConsumerRequest(
        source, request.prefetch(), request.selector(), request.keyOrdered());
  }

  /** Each consumer of a shared subscription gets everything. */
  static final class SharedIsPlain extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of && of.terms().shared()) {
        Source.Terms plain = new Source.Terms(Optional.empty(), false, false);
        return link.openConsumer(of(request, new Source.OfTopic(of.topic(), plain)), sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  /** A shared subscription goes on collecting when nobody is there. */
  static final class SharedOutlives extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of && of.terms().shared()) {
        Source.Terms kept = new Source.Terms(of.terms().name(), true, true);
        return link.openConsumer(of(request, new Source.OfTopic(of.topic(), kept)), sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  /** All shared subscriptions of a topic are one. */
  static final class SharedNamesCollide extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of && of.terms().shared()) {
        Source.Terms one = new Source.Terms(Optional.of("one"), of.terms().durable(), true);
        return link.openConsumer(of(request, new Source.OfTopic(of.topic(), one)), sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  /** One word and any number of words are the same. */
  static final class StarIsHash extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfPattern of) {
        TopicPattern wide = TopicPattern.of(of.pattern().expression().replace('*', '#'));
        return link.openConsumer(of(request, new Source.OfPattern(wide, of.terms())), sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  /** A pattern means the topics that were there when it was subscribed to. */
  static final class PatternKnowsOldTopics extends Mutation {
    private static final Set<Topic> DECLARED = ConcurrentHashMap.newKeySet();

    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      link.declare(destination, options);
      if (destination instanceof Topic topic) {
        DECLARED.add(topic);
      }
    }

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (!(request.source() instanceof Source.OfPattern)) {
        return link.openConsumer(request, sink);
      }
      Set<Topic> known = new HashSet<>(DECLARED);
      return link.openConsumer(request, filtered(sink, each -> known.contains(each.destination())));
    }
  }

  /**
   * What is sent to a topic while somebody else makes it is not heard by patterns. The first one
   * who makes it is done when another one's message has come, and was not heard.
   */
  static final class TopicIsHalfMade extends Mutation {
    private static final Map<Destination, CountDownLatch> HALF_MADE = new ConcurrentHashMap<>();

    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      CountDownLatch unheard = new CountDownLatch(1);
      boolean first =
          destination instanceof Topic && HALF_MADE.putIfAbsent(destination, unheard) == null;
      link.declare(destination, options);
      if (first) {
        KillGate.await(unheard, "a message to a topic that is half made");
      }
    }

    private static boolean isHeard(Destination destination) {
      CountDownLatch unheard = HALF_MADE.get(destination);
      if (unheard == null || unheard.getCount() == 0) {
        return true;
      }
      unheard.countDown();
      return false;
    }

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      return request.source() instanceof Source.OfPattern
          ? link.openConsumer(request, filtered(sink, each -> isHeard(each.destination())))
          : link.openConsumer(request, sink);
    }
  }

  private static DeliverySink filtered(DeliverySink sink, Predicate<InboundDelivery> meant) {
    return new DeliverySink() {
      @Override
      public void deliver(List<? extends InboundDelivery> deliveries) {
        List<? extends InboundDelivery> passed = deliveries.stream().filter(meant).toList();
        if (!passed.isEmpty()) {
          sink.deliver(passed);
        }
      }

      @Override
      public void broken(MessagingException cause) {
        sink.broken(cause);
      }
    };
  }

  static final class PatternUnsubscribesNothing extends Mutation {
    @Override
    void unsubscribe(Link link, TopicPattern pattern, String name) {}
  }

  /** Every message comes from one and the same topic. */
  static final class ForgetsTopic extends Mutation {
    @Override
    InboundDelivery received(InboundDelivery delivery) {
      return delivery.destination() instanceof Topic
          ? Altered.destination(delivery, Topic.of("some.topic"))
          : delivery;
    }
  }

  private static boolean plain(Source source) {
    return source instanceof Source.OfTopic of && of.terms().name().isEmpty();
  }

  /** A plain subscription goes on collecting when its consumer has gone. */
  static final class PlainOutlives extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (plain(request.source()) && request.source() instanceof Source.OfTopic of) {
        Source.Terms kept = new Source.Terms(Optional.of("kept"), true, true);
        return link.openConsumer(of(request, new Source.OfTopic(of.topic(), kept)), sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  /** Topics are told from each other by the beginning of their names. */
  static final class PlainNamesCollide extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (plain(request.source()) && request.source() instanceof Source.OfTopic of) {
        TopicPattern wide = TopicPattern.of(of.topic().name() + ".#");
        return link.openConsumer(of(request, new Source.OfPattern(wide, of.terms())), sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  /** Durable subscriptions of one name are one, whatever their topics. */
  static final class DurableNamesCollide extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      if (request.source() instanceof Source.OfTopic of && of.terms().durable()) {
        Source.OfPattern all = new Source.OfPattern(TopicPattern.of("#"), of.terms());
        return link.openConsumer(of(request, all), sink);
      }
      return link.openConsumer(request, sink);
    }
  }

  static final class PatternLosesBacklog extends Mutation {
    @Override
    void close(Link link, ConsumerRequest request, LinkConsumer consumer) {
      consumer.close();
      if (request.source() instanceof Source.OfPattern of && of.terms().durable()) {
        unsubscribe(link, of.pattern(), of.terms().name().orElseThrow());
      }
    }
  }

  /** A subscription stays tied to the topic as it was before it was deleted. */
  static final class DeafAfterDeletion extends Mutation {
    private final Set<Destination> deleted = ConcurrentHashMap.newKeySet();

    @Override
    void delete(Link link, Destination destination) {
      deleted.add(destination);
      link.delete(destination);
    }

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      boolean deaf =
          request.source() instanceof Source.OfTopic of
              && of.terms().durable()
              && deleted.contains(of.topic());
      return link.openConsumer(request, deaf ? new Deaf() : sink);
    }

    private static final class Deaf implements DeliverySink {
      @Override
      public void deliver(List<? extends InboundDelivery> deliveries) {
        // They are of another topic of that name.
      }

      @Override
      public void broken(MessagingException cause) {
        // It was broken before.
      }
    }
  }
}
