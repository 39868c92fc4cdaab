package io.anymq.tck.mutants;

import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.Outcome;
import io.anymq.spi.Purger;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Faults that the end of the broker's process brings to light. */
final class RestartMutations {

  private RestartMutations() {}

  /** Purges memory alone: the disk still has it when the broker runs again. */
  static final class PurgesMemory extends RemovesFromMemory {
    @Override
    void purge(Link link, Queue queue) {
      note(link, queue);
      ((Purger) link).purge(queue);
    }
  }

  /** Deletes in memory alone: the disk still has the queue when the broker runs again. */
  static final class DeletesInMemory extends RemovesFromMemory {
    @Override
    void delete(Link link, Destination destination) {
      if (destination instanceof Queue queue && link.exists(queue)) {
        note(link, queue);
      }
      link.delete(destination);
    }
  }

  /** Brings back what was noted when the broker runs again. */
  private abstract static class RemovesFromMemory extends Mutation {
    private static final Map<String, Map<Queue, List<Message>>> REMOVED = new HashMap<>();
    private static final Set<String> RESTARTED = new HashSet<>();

    private String url = "";

    @Override
    LinkListener listener(LinkListener listener) {
      return cause -> {
        synchronized (RemovesFromMemory.class) {
          RESTARTED.add(url);
        }
        listener.lost(cause);
      };
    }

    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      url = request.url().toString();
      synchronized (RemovesFromMemory.class) {
        Link link = connecting.apply(request);
        if (RESTARTED.remove(url)) {
          REMOVED.getOrDefault(url, Map.of()).forEach((queue, all) -> restore(link, queue, all));
        }
        return link;
      }
    }

    private static void restore(Link link, Queue queue, List<Message> messages) {
      link.declare(queue, QueueOptions.DEFAULT);
      LinkProducer producer = link.openProducer(queue, cause -> {});
      messages.forEach(message -> producer.send(Outcomes.unasked(message)));
    }

    final void note(Link link, Queue queue) {
      synchronized (RemovesFromMemory.class) {
        REMOVED
            .computeIfAbsent(url, broker -> new HashMap<>())
            .put(queue, BrowseMutations.look(link, queue));
      }
    }
  }

  /**
   * Declares commits of one step, and does the sends first and then the settlements. The broker's
   * end waits until it has come to a settlement, and the settlement for the broker's end.
   */
  static final class CommitsInTwoSteps extends Mutation {

    /** So many units are committed first as TX-17 waits for, each with five settlements. */
    private static final int SETTLEMENTS = 31;

    private final AtomicInteger settled = new AtomicInteger();
    private final CountDownLatch lost = new CountDownLatch(1);
    private String url = "";

    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      url = request.url().toString();
      return connecting.apply(request);
    }

    @Override
    Map<Capability, Support> capabilities(Map<Capability, Support> declared) {
      Map<Capability, Support> more = new EnumMap<>(declared);
      more.put(Capability.ATOMIC_TRANSACTIONS, Support.NATIVE);
      return more;
    }

    @Override
    LinkListener listener(LinkListener listener) {
      return cause -> {
        lost.countDown();
        listener.lost(cause);
      };
    }

    @Override
    void settle(LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
      int count = settled.incrementAndGet();
      if (count == 1) {
        KillGate.of(url);
      }
      if (count == SETTLEMENTS) {
        KillGate.of(url).reached();
        KillGate.await(lost, "the end of the broker");
      }
      consumer.settle(outcome, deliveries);
    }
  }
}
