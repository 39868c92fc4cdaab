package io.anymq.tck.mutants;

import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.Message;
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
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import io.anymq.spi.Purger;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What one link of a mutant does; here, nothing wrong. A mutant overrides what it does badly. */
class Mutation {

  Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
    return connecting.apply(request);
  }

  Map<Capability, Support> capabilities(Map<Capability, Support> declared) {
    return declared;
  }

  Destination named(Destination destination) {
    return destination;
  }

  LinkListener listener(LinkListener listener) {
    return listener;
  }

  void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
    producer.send(message);
  }

  Message received(Message message) {
    return message;
  }

  InboundDelivery received(InboundDelivery delivery) {
    Message message = received(delivery.message());
    return message.equals(delivery.message()) ? delivery : Altered.message(delivery, message);
  }

  List<InboundDelivery> received(List<InboundDelivery> batch) {
    return batch.stream().map(this::received).toList();
  }

  LinkConsumer open(Link link, ConsumerRequest request, DeliverySink sink) {
    return link.openConsumer(request, sink);
  }

  /** Whether what the core parks takes no place of the prefetch. */
  boolean parks() {
    return true;
  }

  void settle(LinkConsumer consumer, Outcome outcome, List<InboundDelivery> deliveries) {
    consumer.settle(outcome, deliveries);
  }

  void close(Link link, ConsumerRequest request, LinkConsumer consumer) {
    consumer.close();
  }

  QueueDepth depth(Link link, Queue queue) {
    return ((DepthQuery) link).depth(queue);
  }

  void purge(Link link, Queue queue) {
    ((Purger) link).purge(queue);
  }

  void declare(Link link, Destination destination, QueueOptions options) {
    link.declare(destination, options);
  }

  void declareTemporary(Link link, Queue queue) {
    ((TemporaryQueues) link).declareTemporary(queue);
  }

  void delete(Link link, Destination destination) {
    link.delete(destination);
  }

  void unsubscribe(Link link, Topic topic, String name) {
    link.unsubscribe(topic, name);
  }

  void unsubscribe(Link link, TopicPattern pattern, String name) {
    ((TopicPatterns) link).unsubscribe(pattern, name);
  }

  QueueBrowser browse(Link link, Queue queue) {
    return ((Browsing) link).browse(queue);
  }

  void closed() {}
}
