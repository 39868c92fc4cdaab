package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.Link;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults of sending. */
final class SendMutations {

  private SendMutations() {}

  static final class LosesEveryTenth extends Mutation {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (count.incrementAndGet() % 10 == 0) {
        message.confirmed();
      } else {
        producer.send(message);
      }
    }
  }

  static final class ConfirmsWithoutStoring extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      message.confirmed();
    }
  }

  static final class Duplicates extends Mutation {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(message);
      if (count.incrementAndGet() % 50 == 0) {
        producer.send(Outcomes.unasked(message));
      }
    }
  }

  /**
   * Two ways of repair, of which each sends once more what found its destination gone, or heard
   * that it was deleted meanwhile.
   */
  static final class RepairsTwice extends Mutation {
    private static final Set<Destination> DELETED = ConcurrentHashMap.newKeySet();

    @Override
    void delete(Link link, Destination destination) {
      link.delete(destination);
      DELETED.add(destination);
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      boolean missing = DELETED.remove(to) || !link.exists(to);
      producer.send(message);
      if (missing) {
        link.declare(to, QueueOptions.DEFAULT);
        producer.send(Outcomes.unasked(message));
      }
    }
  }

  static final class ConfirmsWhatIsMissing extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (link.exists(to)) {
        producer.send(message);
      } else {
        message.confirmed();
      }
    }
  }

  static final class SendsTransient extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      Message weak = message.message().toBuilder().persistent(false).build();
      producer.send(Outcomes.changed(message, weak));
    }
  }

  static final class CrossTalk extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(message);
      if (to instanceof Topic && link.exists(Queue.of(to.name()))) {
        link.openProducer(Queue.of(to.name()), cause -> {}).send(Outcomes.unasked(message));
      }
    }
  }

  /** Once a link was lost, sends are refused, on every later link too. */
  static final class FailAfterLoss extends Mutation {
    private static final AtomicBoolean LOST = new AtomicBoolean();

    @Override
    LinkListener listener(LinkListener listener) {
      return cause -> {
        LOST.set(true);
        listener.lost(cause);
      };
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (LOST.get()) {
        throw new MessagingException(ErrorCode.BACKEND_FAILURE, "No more sends after a loss");
      }
      producer.send(message);
    }
  }

  /** Sends once more what may have arrived, as if it were new. */
  static final class RepeatsWithoutMark extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(Outcomes.unmarked(message));
    }
  }

  /**
   * The first send on a link that follows a lost one is swallowed, as by a queue without a leader.
   */
  static final class SwallowsFirstAfterLoss extends Mutation {
    private static final AtomicBoolean LOST = new AtomicBoolean();

    private final AtomicBoolean first = new AtomicBoolean(LOST.get());

    @Override
    LinkListener listener(LinkListener listener) {
      return cause -> {
        LOST.set(true);
        listener.lost(cause);
      };
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (!first.compareAndSet(true, false)) {
        producer.send(message);
      }
    }
  }
}
