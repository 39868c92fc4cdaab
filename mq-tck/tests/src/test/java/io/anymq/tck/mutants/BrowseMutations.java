package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueOptions;
import io.anymq.spi.Browsing;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Purger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Faults of browsers. */
final class BrowseMutations {

  private BrowseMutations() {}

  static List<Message> look(Link link, Queue queue) {
    List<Message> seen = new ArrayList<>();
    try (QueueBrowser browser = ((Browsing) link).browse(queue)) {
      browser.forEachRemaining(seen::add);
    }
    return seen;
  }

  /** Shows these messages. */
  private record Shown(Queue queue, Iterator<Message> messages) implements QueueBrowser {

    static Shown of(Queue queue, List<Message> messages) {
      return new Shown(queue, messages.iterator());
    }

    @Override
    public boolean hasNext() {
      return messages.hasNext();
    }

    @Override
    public Message next() {
      return messages.next();
    }

    @Override
    public void close() {}
  }

  static final class Takes extends Mutation {
    @Override
    QueueBrowser browse(Link link, Queue queue) {
      List<Message> seen = look(link, queue);
      ((Purger) link).purge(queue);
      return Shown.of(queue, seen);
    }
  }

  static final class Reverses extends Mutation {
    @Override
    QueueBrowser browse(Link link, Queue queue) {
      List<Message> seen = look(link, queue);
      Collections.reverse(seen);
      return Shown.of(queue, seen);
    }
  }

  static final class MakesQueues extends Mutation {
    @Override
    QueueBrowser browse(Link link, Queue queue) {
      link.declare(queue, QueueOptions.DEFAULT);
      return Shown.of(queue, look(link, queue));
    }
  }

  static final class Invents extends Mutation {
    @Override
    QueueBrowser browse(Link link, Queue queue) {
      List<Message> seen = look(link, queue);
      seen.add(Message.text("ghost"));
      return Shown.of(queue, seen);
    }
  }

  static final class DropsProperties extends Mutation {
    @Override
    QueueBrowser browse(Link link, Queue queue) {
      List<Message> bare =
          look(link, queue).stream().map(message -> Message.bytes(message.body())).toList();
      return Shown.of(queue, bare);
    }
  }

  /** How many entries of a queue the reference adapter's browser leaves out. */
  private static long leftOut(Link link, Queue queue) {
    return ((DepthQuery) link).depth(queue).atRest() - look(link, queue).size();
  }

  /** Shows the bytes of what cannot be decoded, as a message. */
  static final class ShowsUndecodable extends Mutation {
    @Override
    QueueBrowser browse(Link link, Queue queue) {
      List<Message> seen = look(link, queue);
      for (long left = leftOut(link, queue); left > 0; left--) {
        seen.add(Message.text("no message"));
      }
      return Shown.of(queue, seen);
    }
  }

  /** Takes a page of which it has to leave something out for the end. */
  static final class EndsAtUndecodable extends Mutation {
    @Override
    QueueBrowser browse(Link link, Queue queue) {
      return Shown.of(queue, leftOut(link, queue) > 0 ? List.of() : look(link, queue));
    }
  }

  static final class IsStale extends Mutation {
    private static final Map<Queue, List<Message>> FIRST = new ConcurrentHashMap<>();

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (to instanceof Queue queue) {
        FIRST.computeIfAbsent(queue, key -> new ArrayList<>()).add(message.message());
      }
      producer.send(message);
    }

    @Override
    QueueBrowser browse(Link link, Queue queue) {
      return Shown.of(queue, List.copyOf(FIRST.getOrDefault(queue, List.of())));
    }
  }
}
