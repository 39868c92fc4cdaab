package io.anymq.core;

import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sends to a queue that may be prioritized: each message to the queue behind it that is for its
 * priority, or all to the queue itself. A queue can be deleted and made again as the other kind, by
 * anybody. Messages of the default priority go to the queue itself in both cases, and ask nothing.
 * Used with the send lock of its {@link CoreProducer} held.
 */
final class BandedProducer implements LinkProducer {

  /** How long an answer is believed. It costs a question to the broker. */
  private static final Duration BELIEVED = Duration.ofSeconds(5);

  private final BandedLink kinds;
  private final Link link;
  private final Queue queue;
  private final ProducerListener listener;
  private final Map<Queue, LinkProducer> bands = new HashMap<>();
  private boolean banded;

  /** When to ask again. */
  private Deadline believed;

  /** How many changes of the link's own the answer knows of. */
  private long changes;

  /** The queue was deleted, and may have been made again as another kind. */
  private volatile boolean doubtful;

  private BandedProducer(BandedLink kinds, Link link, Queue queue, ProducerListener listener) {
    this.kinds = kinds;
    this.link = link;
    this.queue = queue;
    this.listener = listener;
    this.changes = kinds.changes();
    this.believed = Deadline.in(BELIEVED);
    this.banded = kinds.isBandedWhole(queue);
  }

  static BandedProducer open(BandedLink kinds, Link link, Queue queue, ProducerListener listener) {
    BandedProducer producer = new BandedProducer(kinds, link, queue, listener);
    try {
      producer.openAll();
      return producer;
    } catch (MessagingException e) {
      producer.close();
      throw e;
    }
  }

  private void openAll() {
    if (banded) {
      Bands.all(queue).forEach(this::band);
    } else {
      LinkProducer unused = band(queue);
    }
  }

  private LinkProducer band(Queue band) {
    return bands.computeIfAbsent(band, missing -> link.openProducer(missing, listener));
  }

  /**
   * Finds out where a message goes, which may ask the broker, and opens a producer there. Comes
   * before the send: when this fails, nothing has been sent.
   */
  void prepare(Message message) {
    if (message.priority() != Message.DEFAULT_PRIORITY && isStale()) {
      ask();
    }
    LinkProducer unused = band(bandOf(message));
  }

  private Queue bandOf(Message message) {
    return banded ? Bands.of(queue, message.priority()) : queue;
  }

  @Override
  public void send(OutboundMessage message) {
    band(bandOf(message.message())).send(new Watched(message));
  }

  private boolean isStale() {
    return doubtful || changes != kinds.changes() || believed.isOver();
  }

  private void ask() {
    boolean answered = false;
    long known = kinds.changes();
    doubtful = false;
    try {
      banded = kinds.isBandedWhole(queue);
      answered = true;
    } finally {
      doubtful |= !answered;
    }
    changes = known;
    believed = Deadline.in(BELIEVED);
  }

  private final class Watched implements OutboundMessage {
    private final OutboundMessage outbound;

    Watched(OutboundMessage outbound) {
      this.outbound = outbound;
    }

    @Override
    public Message message() {
      return outbound.message();
    }

    @Override
    public Optional<InboundDelivery> origin() {
      return outbound.origin().map(BandedDelivery::unwrapped);
    }

    @Override
    public boolean repeated() {
      return outbound.repeated();
    }

    @Override
    public void confirmed() {
      outbound.confirmed();
    }

    @Override
    public void failed(MessagingException cause) {
      doubtful |= cause instanceof DestinationNotFoundException;
      outbound.failed(cause);
    }
  }

  @Override
  public void close() {
    bands.values().forEach(LinkProducer::close);
  }
}
