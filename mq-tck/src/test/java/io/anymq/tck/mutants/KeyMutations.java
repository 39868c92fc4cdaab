package io.anymq.tck.mutants;

import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
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

  /** A consumer with keys is open for as long as the broker, whatever became of its link. */
  static final class StayWithTheDead extends Mutation {
    private volatile @Nullable Link afterlife;

    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      Link link = connecting.apply(request);
      afterlife =
          connecting.apply(
              new LinkRequest(
                  request.url(), request.options(), request.names(), cause -> closeAfterlife()));
      return link;
    }

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      Link other = afterlife;
      return (request.keyOrdered() && other != null ? other : link).openConsumer(request, sink);
    }

    private void closeAfterlife() {
      Link other = afterlife;
      if (other != null) {
        other.close(Duration.ZERO);
      }
    }

    @Override
    void close(Link link, ConsumerRequest request, LinkConsumer consumer) {
      if (!request.keyOrdered()) {
        consumer.close();
      }
    }
  }
}
