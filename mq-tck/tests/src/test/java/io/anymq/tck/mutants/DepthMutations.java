package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Lies about depth. */
final class DepthMutations {

  private DepthMutations() {}

  /** Says that it counts what is ready, and counts what is in flight too. */
  static final class MixesInFlight extends Mutation {
    @Override
    QueueDepth depth(Link link, Queue queue) {
      QueueDepth actual = ((DepthQuery) link).depth(queue);
      return QueueDepth.ofReady(actual.total().orElseThrow(), true);
    }
  }

  static final class Stale extends Mutation {
    private final Map<Queue, QueueDepth> answers = new ConcurrentHashMap<>();

    @Override
    QueueDepth depth(Link link, Queue queue) {
      return answers.computeIfAbsent(queue, ((DepthQuery) link)::depth);
    }
  }

  static final class MissingIsZero extends Mutation {
    @Override
    QueueDepth depth(Link link, Queue queue) {
      return link.exists(queue) ? ((DepthQuery) link).depth(queue) : QueueDepth.of(0, 0, true);
    }
  }

  static final class MakesQueues extends Mutation {
    @Override
    QueueDepth depth(Link link, Queue queue) {
      link.declare(queue, QueueOptions.DEFAULT);
      return ((DepthQuery) link).depth(queue);
    }
  }

  /** Counts what was sent, and nothing that leaves. */
  static final class CountsSends extends Mutation {
    private static final Map<Queue, AtomicLong> SENT = new ConcurrentHashMap<>();

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (to instanceof Queue queue) {
        SENT.computeIfAbsent(queue, key -> new AtomicLong()).incrementAndGet();
      }
      producer.send(message);
    }

    @Override
    QueueDepth depth(Link link, Queue queue) {
      QueueDepth actual = ((DepthQuery) link).depth(queue);
      long sent = SENT.getOrDefault(queue, new AtomicLong()).get();
      return QueueDepth.of(sent, actual.inFlight().orElse(0), actual.exact());
    }
  }
}
