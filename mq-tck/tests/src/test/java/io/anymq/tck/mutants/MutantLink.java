package io.anymq.tck.mutants;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.Browsing;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Purger;
import io.anymq.spi.Source;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A link of the reference adapter with a mutation in front of it. */
final class MutantLink
    implements Link, DepthQuery, Purger, Browsing, TemporaryQueues, TopicPatterns {

  private final Link link;
  private final Mutation mutation;

  MutantLink(Link link, Mutation mutation) {
    this.link = link;
    this.mutation = mutation;
  }

  @Override
  public BackendInfo info() {
    return link.info();
  }

  @Override
  public Map<Capability, Support> capabilities() {
    return mutation.capabilities(link.capabilities());
  }

  @Override
  public Dispatch dispatch() {
    return link.dispatch();
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    Destination to = mutation.named(destination);
    LinkProducer producer = link.openProducer(to, listener);
    return new LinkProducer() {
      @Override
      public void send(OutboundMessage message) {
        mutation.send(link, producer, to, message);
      }

      @Override
      public void close() {
        producer.close();
      }
    };
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest request, DeliverySink sink) {
    DeliverySink tampering =
        new DeliverySink() {
          @Override
          public void deliver(List<? extends InboundDelivery> deliveries) {
            List<InboundDelivery> left = mutation.received(List.copyOf(deliveries));
            if (!left.isEmpty()) {
              sink.deliver(left);
            }
          }

          @Override
          public void broken(MessagingException cause) {
            sink.broken(cause);
          }
        };
    ConsumerRequest actual = named(request);
    LinkConsumer consumer = mutation.open(link, actual, tampering);
    return mutation.parks() && consumer instanceof Parking parking
        ? new ParkingConsumer(actual, consumer, parking)
        : new MutantConsumer(actual, consumer);
  }

  private class MutantConsumer implements LinkConsumer {

    private final ConsumerRequest request;
    private final LinkConsumer consumer;

    MutantConsumer(ConsumerRequest request, LinkConsumer consumer) {
      this.request = request;
      this.consumer = consumer;
    }

    @Override
    public boolean releasesNatively() {
      return consumer.releasesNatively();
    }

    @Override
    public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
      mutation.settle(consumer, outcome, deliveries.stream().map(Altered::unwrap).toList());
    }

    @Override
    public void close() {
      mutation.close(link, request, consumer);
    }
  }

  private final class ParkingConsumer extends MutantConsumer implements Parking {

    private final Parking parking;

    ParkingConsumer(ConsumerRequest request, LinkConsumer consumer, Parking parking) {
      super(request, consumer);
      this.parking = parking;
    }

    @Override
    public void park(InboundDelivery delivery) {
      parking.park(Altered.unwrap(delivery));
    }

    @Override
    public void unpark(InboundDelivery delivery) {
      parking.unpark(Altered.unwrap(delivery));
    }
  }

  private ConsumerRequest named(ConsumerRequest request) {
    if (request.source() instanceof Source.OfQueue of) {
      Source source = new Source.OfQueue((Queue) mutation.named(of.queue()));
      return new ConsumerRequest(
          source, request.prefetch(), request.selector(), request.keyOrdered());
    }
    return request;
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    mutation.declare(link, mutation.named(destination), options);
  }

  @Override
  public void declareTemporary(Queue queue) {
    mutation.declareTemporary(link, queue);
  }

  @Override
  public void delete(Destination destination) {
    mutation.delete(link, mutation.named(destination));
  }

  @Override
  public boolean exists(Destination destination) {
    return link.exists(mutation.named(destination));
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    mutation.unsubscribe(link, topic, name);
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    mutation.unsubscribe(link, pattern, name);
  }

  @Override
  public QueueDepth depth(Queue queue) {
    return mutation.depth(link, queue);
  }

  @Override
  public void purge(Queue queue) {
    mutation.purge(link, queue);
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    return mutation.browse(link, queue);
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return link.unwrap(type);
  }

  @Override
  public void close(Duration timeout) {
    link.close(timeout);
    mutation.closed();
  }
}
