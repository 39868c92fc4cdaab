package io.anymq.tck.mutants;

import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;

/** Faults of a link that is called by an interrupted thread. */
final class InterruptMutations {

  private InterruptMutations() {}

  /** The native client takes the interrupt for a failure of the transport. */
  static final class AreLosses extends Mutation {
    private LinkListener listener = cause -> {};

    @Override
    LinkListener listener(LinkListener actual) {
      listener = actual;
      return actual;
    }

    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      lose();
      link.declare(destination, options);
    }

    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      lose();
      return link.openConsumer(request, sink);
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      lose();
      producer.send(message);
    }

    private void lose() {
      if (Thread.currentThread().isInterrupted()) {
        listener.lost(new ConnectionLostException("Interrupted"));
      }
    }
  }

  /** The caller gives up, and the broker has the consumer all the same. */
  static final class LeaveConsumers extends Mutation {
    @Override
    LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
      LinkConsumer opened = link.openConsumer(request, sink);
      if (Thread.currentThread().isInterrupted()) {
        throw new MessagingException(ErrorCode.INTERRUPTED, "The thread was interrupted");
      }
      return opened;
    }
  }
}
