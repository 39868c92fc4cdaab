package io.anymq.tck.guide;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** One visit to the post office. A queue is a box, a topic is a list. */
final class PostLink implements Link, DepthQuery {

  private final LinkRequest request;
  private final PostVisit visit;
  private final Set<PostConsumer> consumers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean ended = new AtomicBoolean();

  PostLink(LinkRequest request, PostVisit visit) {
    this.request = request;
    this.visit = visit;
  }

  void watch() {
    visit.whenThrownOut(this::thrownOut);
  }

  private void thrownOut() {
    if (!ended.getAndSet(true)) {
      request.listener().lost(new ConnectionLostException("The post office threw us out"));
    }
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo("post", "1.0", "1.0");
  }

  @Override
  public Map<Capability, Support> capabilities() {
    return Map.of(
        Capability.DELIVERY_COUNT, Support.NATIVE,
        Capability.QUEUE_DEPTH, Support.NATIVE);
  }

  @Override
  public Dispatch dispatch() {
    return Dispatch.HAND_OFF;
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    String name = nativeName(destination);
    return destination instanceof Queue
        ? new PostProducer(destination, letter -> visit.put(name, letter))
        : new PostProducer(destination, letter -> visit.circulate(name, letter));
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest wanted, DeliverySink sink) {
    Destination from = destination(wanted.source());
    PostWindow window = PostErrors.ask(() -> open(from));
    PostConsumer consumer =
        new PostConsumer(window, from, wanted.prefetch(), sink, request.operationTimeout());
    consumers.add(consumer);
    consumer.start(() -> consumers.remove(consumer));
    return consumer;
  }

  private PostWindow open(Destination from) throws PostException {
    String name = nativeName(from);
    return from instanceof Queue ? visit.openWindow(name) : visit.joinList(name);
  }

  private static Destination destination(Source source) {
    return source instanceof Source.OfQueue of ? of.queue() : ((Source.OfTopic) source).topic();
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    String name = nativeName(destination);
    PostErrors.ask(
        () -> {
          if (destination instanceof Queue) {
            visit.makeBox(name);
          } else {
            visit.makeList(name);
          }
          return name;
        });
  }

  @Override
  public void delete(Destination destination) {
    String name = nativeName(destination);
    PostErrors.ask(
        () -> {
          if (destination instanceof Queue) {
            visit.removeBox(name);
          } else {
            visit.removeList(name);
          }
          return name;
        });
  }

  @Override
  public boolean exists(Destination destination) {
    String name = nativeName(destination);
    return PostErrors.ask(
        () -> destination instanceof Queue ? visit.hasBox(name) : visit.hasList(name));
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    // There is none to remove: DURABLE_SUBSCRIPTIONS is not declared.
  }

  @Override
  public QueueDepth depth(Queue queue) {
    int waiting = PostErrors.ask(queue, () -> visit.waiting(nativeName(queue)));
    return QueueDepth.ofReady(waiting, true);
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return type.isInstance(visit) ? Optional.of(type.cast(visit)) : Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    ended.set(true);
    consumers.forEach(consumer -> consumer.close(timeout));
    visit.leave();
  }

  private String nativeName(Destination destination) {
    return request.names().of(destination).orElse(destination.name());
  }
}
