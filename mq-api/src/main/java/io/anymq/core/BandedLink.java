package io.anymq.core;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.InvalidOptionException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.Browsing;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Purger;
import io.anymq.spi.Source;
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A link whose backend knows no priorities, with prioritized queues made of {@link Bands}. What is
 * asked of any other destination it passes on.
 */
class BandedLink implements Link, DepthQuery, Purger, Browsing, TemporaryQueues, TopicPatterns {

  private final Link link;
  private final Threads threads;
  private final Duration operationTimeout;
  private final Set<BandedConsumer> consumers = Collections.synchronizedSet(new LinkedHashSet<>());

  /** How often this link has made or deleted what may be prioritized. */
  private final AtomicLong changes = new AtomicLong();

  BandedLink(Link link, Threads threads, Duration operationTimeout) {
    this.link = link;
    this.threads = threads;
    this.operationTimeout = operationTimeout;
  }

  /** The link itself, or with bands where the adapter leaves priorities to the core. */
  static Link over(Link link, Threads threads, Duration operationTimeout) {
    if (link.capabilities().get(Capability.PRIORITY) != Support.EMULATED) {
      return link;
    }
    return link instanceof AtomicCommit
        ? new AtomicBandedLink(link, threads, operationTimeout)
        : new BandedLink(link, threads, operationTimeout);
  }

  final <T> T as(Class<T> type) {
    return CoreCapabilities.extension(link, type);
  }

  /** Whether a queue that is there was made prioritized; false for one that is not there. */
  final boolean isBanded(Queue queue) {
    return mayBeBanded(queue) && link.exists(Bands.mark(queue));
  }

  private static boolean mayBeBanded(Queue queue) {
    return Bands.fit(queue) && !CoreTemporaryQueue.isTemporary(queue);
  }

  /** The same, for who is about to use it: one that somebody else is making is made by both. */
  final boolean isBandedWhole(Queue queue) {
    if (!isBanded(queue)) {
      return false;
    }
    if (link.exists(Bands.last(queue))) {
      return true;
    }
    declareBehindMark(queue);
    return isBanded(queue); // it may have been taken back meanwhile
  }

  /** Another number than before: what is known of queues may have changed. */
  final long changes() {
    return changes.get();
  }

  private void declareBehindMark(Queue queue) {
    Bands.behind(queue).stream().skip(1).forEach(this::declarePlain);
  }

  @Override
  public BackendInfo info() {
    return link.info();
  }

  @Override
  public Map<Capability, Support> capabilities() {
    return link.capabilities();
  }

  @Override
  public Map<Capability, String> advice() {
    return link.advice();
  }

  @Override
  public Dispatch dispatch() {
    return link.dispatch();
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    return destination instanceof Queue queue && mayBeBanded(queue)
        ? BandedProducer.open(this, link, queue, listener)
        : link.openProducer(destination, listener);
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest request, DeliverySink sink) {
    if (!(request.source() instanceof Source.OfQueue of) || !isBandedWhole(of.queue())) {
      return link.openConsumer(request, sink);
    }
    if (request.keyOrdered()) {
      throw new UnsupportedCapabilityException(
          "%s is prioritized, and on this backend the order of its keys cannot be kept: a message that overtakes is in another queue than those of its key"
              .formatted(of.queue().describe()));
    }
    return BandedConsumer.open(threads, link, request, sink, operationTimeout, consumers);
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    if (!(destination instanceof Queue queue) || !options.prioritized()) {
      link.declare(destination, options);
      return;
    }
    Bands.requireFit(queue);
    if (link.exists(queue)) {
      requireBanded(queue);
      return;
    }
    try {
      mark(queue);
      // The queue itself comes last: when it is there, it is prioritized.
      declareBehindMark(queue);
      declarePlain(queue);
    } finally {
      changed();
    }
    requireBanded(queue);
  }

  private void changed() {
    long unused = changes.incrementAndGet();
  }

  private void requireBanded(Queue queue) {
    if (!isBandedWhole(queue)) {
      throw notPrioritized(queue);
    }
  }

  /**
   * Of two who make it at once, with priorities and without, one sees the other: who makes it
   * without looks for the mark behind that. Only one's own mark is taken back, and not where all
   * bands were seen: somebody else has completed the queue. (Of three at once, one may complete it
   * between that look and the deletion; then it finds no mark behind that, and is told so.)
   */
  private void mark(Queue queue) {
    Queue mark = Bands.mark(queue);
    boolean own = !link.exists(mark);
    declarePlain(mark);
    if (own && link.exists(queue) && !link.exists(Bands.last(queue))) {
      link.delete(mark);
      throw notPrioritized(queue);
    }
  }

  private static InvalidOptionException notPrioritized(Queue queue) {
    return new InvalidOptionException(
        "%s exists and is not prioritized; it was asked for as prioritized"
            .formatted(queue.describe()));
  }

  private void declarePlain(Queue queue) {
    link.declare(queue, QueueOptions.DEFAULT);
  }

  @Override
  public void delete(Destination destination) {
    try {
      if (destination instanceof Queue queue && hasBands(queue)) {
        Bands.behind(queue).forEach(link::delete);
      }
      link.delete(destination);
    } finally {
      changed();
    }
  }

  /** Also when a deletion was cut short, which takes the mark away first. */
  private boolean hasBands(Queue queue) {
    return isBanded(queue) || (mayBeBanded(queue) && link.exists(Bands.last(queue)));
  }

  @Override
  public boolean exists(Destination destination) {
    return link.exists(destination);
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    link.unsubscribe(topic, name);
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    as(TopicPatterns.class).unsubscribe(pattern, name);
  }

  @Override
  public void declareTemporary(Queue queue) {
    as(TemporaryQueues.class).declareTemporary(queue);
  }

  @Override
  public QueueDepth depth(Queue queue) {
    DepthQuery query = as(DepthQuery.class);
    if (!isBanded(queue)) {
      return query.depth(queue);
    }
    return Bands.all(queue).stream()
        .map(query::depth)
        .reduce(BandedLink::sum)
        .orElseThrow(); // there are ten
  }

  private static QueueDepth sum(QueueDepth one, QueueDepth other) {
    return new QueueDepth(
        sum(one.ready(), other.ready()),
        sum(one.inFlight(), other.inFlight()),
        sum(one.total(), other.total()),
        one.exact() && other.exact(),
        other.takenAt());
  }

  private static OptionalLong sum(OptionalLong one, OptionalLong other) {
    return one.isPresent() && other.isPresent()
        ? OptionalLong.of(one.getAsLong() + other.getAsLong())
        : OptionalLong.empty();
  }

  @Override
  public void purge(Queue queue) {
    Purger purger = as(Purger.class);
    if (isBanded(queue)) {
      Bands.all(queue).forEach(purger::purge);
    } else {
      purger.purge(queue);
    }
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    Browsing browsing = as(Browsing.class);
    if (!isBanded(queue)) {
      return browsing.browse(queue);
    }
    List<Queue> bands = Bands.all(queue);
    return BandedBrowser.over(queue, bands, browsing);
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return link.unwrap(type);
  }

  @Override
  public void close(Duration timeout) {
    try {
      link.close(timeout);
    } finally {
      Deadline deadline = Deadline.in(timeout);
      List.copyOf(consumers).forEach(consumer -> consumer.linkClosed(deadline));
    }
  }
}
