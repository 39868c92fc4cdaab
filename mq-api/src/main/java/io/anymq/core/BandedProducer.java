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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Sends to a prioritized queue: each message to the queue behind it that is for its priority. */
final class BandedProducer implements LinkProducer {

  private final BandedLink kinds;
  private final Queue queue;
  private final Map<Queue, LinkProducer> bands = new HashMap<>();

  /** The queue was deleted, and may have been made again as another kind. */
  private volatile boolean doubtful;

  private volatile boolean plain;

  private BandedProducer(BandedLink kinds, Queue queue) {
    this.kinds = kinds;
    this.queue = queue;
  }

  static BandedProducer open(BandedLink kinds, Link link, Queue queue, ProducerListener listener) {
    BandedProducer producer = new BandedProducer(kinds, queue);
    try {
      Bands.all(queue).forEach(band -> producer.bands.put(band, link.openProducer(band, listener)));
      return producer;
    } catch (MessagingException e) {
      producer.close();
      throw e;
    }
  }

  @Override
  public void send(OutboundMessage message) {
    if (doubtful) {
      doubtful = false;
      plain = !kinds.isBanded(queue);
    }
    Queue band = plain ? queue : Bands.of(queue, message.message().priority());
    LinkProducer producer = bands.get(band);
    if (producer == null) {
      throw new IllegalStateException("There is no producer for " + band);
    }
    producer.send(new Watched(message));
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
