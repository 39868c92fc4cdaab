package io.anymq.core;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes a prioritized queue: the queues behind it, each with a consumer that has fetched some
 * messages ahead, of which the most urgent is handed out. One thread hands out.
 */
final class BandedConsumer implements LinkConsumer, Parking {

  private static final Logger LOG = LoggerFactory.getLogger(BandedConsumer.class);

  private static final String INTERRUPTED =
      "The thread of a consumer of {} was interrupted from outside, and goes on";

  /**
   * How long to wait at first for messages that the backend says are there. Another consumer may
   * have them, so this has an end.
   */
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

  private final Threads threads;
  private final Link link;
  private final Queue queue;
  private final DeliverySink sink;
  private final Duration operationTimeout;
  private final Set<BandedConsumer> open;
  private final BandedBuffer buffer;
  private final List<Band> bands = new ArrayList<>();
  private final Thread thread;

  private BandedConsumer(
      Threads threads,
      Link link,
      ConsumerRequest request,
      DeliverySink sink,
      Duration operationTimeout,
      Set<BandedConsumer> open) {
    this.threads = threads;
    this.link = link;
    this.queue = ((Source.OfQueue) request.source()).queue();
    this.sink = sink;
    this.open = open;
    this.operationTimeout = operationTimeout;
    buffer = new BandedBuffer(request.prefetch());
    thread = threads.bandThread(this::run);
  }

  /**
   * Opens.
   *
   * @param open the consumers of the link; this one is among them until it has ended
   */
  static BandedConsumer open(
      Threads threads,
      Link link,
      ConsumerRequest request,
      DeliverySink sink,
      Duration operationTimeout,
      Set<BandedConsumer> open) {
    BandedConsumer consumer =
        new BandedConsumer(threads, link, request, sink, operationTimeout, open);
    for (Queue each : Bands.all(consumer.queue)) {
      consumer.bands.add(consumer.new Band(each, consumer.bands.size()));
    }
    open.add(consumer); // now, so that a link that closes meanwhile ends it
    try {
      consumer.inParallel(Band::look); // before it could take them
      consumer.inParallel(band -> band.open(request));
      consumer.thread.start();
    } catch (RuntimeException | Error e) {
      consumer.close();
      throw e;
    }
    return consumer;
  }

  /** One of the queues behind it; the one with the lowest number is the most urgent. */
  private final class Band implements DeliverySink {
    private final Queue name;
    private final int number;
    private final CompletableFuture<LinkConsumer> opened = new CompletableFuture<>();
    private volatile boolean hasMessages;

    Band(Queue name, int number) {
      this.name = name;
      this.number = number;
    }

    void look() {
      try {
        hasMessages = link instanceof DepthQuery query && query.depth(name).atRest() > 0;
      } catch (MessagingException e) {
        LOG.debug("The depth of {} is not known", name, e);
      }
    }

    void open(ConsumerRequest request) {
      ConsumerRequest own =
          new ConsumerRequest(new Source.OfQueue(name), buffer.room(), request.selector(), false);
      opened.complete(link.openConsumer(own, this));
      if (buffer.hasEnded()) {
        close(); // another one broke meanwhile
      }
    }

    @Override
    public void deliver(List<? extends InboundDelivery> deliveries) {
      buffer.add(
          number,
          deliveries.stream()
              .map(each -> new BandedDelivery(each, queue, number, () -> Waits.join(opened)))
              .toList());
    }

    @Override
    public void broken(MessagingException cause) {
      broke(cause);
    }

    void close() {
      if (opened.isDone()) {
        Waits.join(opened).close();
      }
    }
  }

  /** It is of no more use: the core opens another, when it is told. */
  private void broke(MessagingException cause) {
    if (buffer.end()) {
      open.remove(this);
      threads.closer(this::closeBands);
      sink.broken(cause);
    }
  }

  private void run() {
    Guard.run(
        this::handOut,
        e ->
            broke(
                new MessagingException(
                    ErrorCode.BACKEND_FAILURE, "What hands it out failed: " + Guard.text(e), e)));
  }

  private void handOut() {
    List<Integer> waiting =
        bands.stream().filter(band -> band.hasMessages).map(band -> band.number).toList();
    awaitFirst(waiting);
    List<BandedDelivery> next = next();
    while (!next.isEmpty()) {
      sink.deliver(next);
      next = next();
    }
  }

  private void awaitFirst(List<Integer> waiting) {
    try {
      buffer.awaitFirst(waiting, Deadline.in(FIRST_LOOK));
    } catch (InterruptedException e) {
      LOG.debug(INTERRUPTED, queue, e);
    }
  }

  private List<BandedDelivery> next() {
    while (true) {
      try {
        return buffer.next();
      } catch (InterruptedException e) {
        LOG.debug(INTERRUPTED, queue, e);
      }
    }
  }

  @Override
  public boolean releasesNatively() {
    return Waits.join(bands.get(0).opened).releasesNatively();
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    List<MessagingException> failures = new ArrayList<>();
    BandedDelivery.byConsumer(deliveries)
        .forEach((consumer, inner) -> settle(consumer, outcome, inner, failures));
    buffer.settled(outcome, deliveries);
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  /** What one queue's consumer cannot settle comes again; the others' are none of its business. */
  private static void settle(
      LinkConsumer consumer,
      Outcome outcome,
      List<? extends InboundDelivery> deliveries,
      List<MessagingException> failures) {
    try {
      consumer.settle(outcome, deliveries);
    } catch (MessagingException e) {
      failures.add(e);
    }
  }

  @Override
  public void park(InboundDelivery delivery) {
    BandedDelivery banded = (BandedDelivery) delivery;
    if (banded.consumer().get() instanceof Parking lot) {
      lot.park(banded.inner());
    }
    buffer.parked(1);
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    BandedDelivery banded = (BandedDelivery) delivery;
    if (banded.consumer().get() instanceof Parking lot) {
      lot.unpark(banded.inner());
    }
    buffer.parked(-1);
  }

  /** A commit has accepted these. */
  void accepted(List<? extends InboundDelivery> deliveries) {
    buffer.settled(Outcome.ACCEPT, deliveries);
  }

  @Override
  public void close() {
    Deadline deadline = Deadline.in(operationTimeout);
    boolean unused = buffer.end();
    open.remove(this);
    closeBands();
    join(deadline);
  }

  /** Its link is closed, and with it the consumers of the queues behind it. */
  void linkClosed(Deadline deadline) {
    boolean unused = buffer.end();
    open.remove(this);
    join(deadline);
  }

  private void closeBands() {
    Guard.run(
        () -> inParallel(Band::close), e -> LOG.debug("Closing a consumer of {} failed", queue, e));
  }

  private void join(Deadline deadline) {
    if (Thread.currentThread() == thread) {
      return; // it ends when the listener that called this returns
    }
    Interrupts.join(thread, deadline);
  }

  // --- ten at a time

  private interface Step {
    void run(Band band);
  }

  /** Each step is bounded by itself. */
  private void inParallel(Step step) {
    List<CompletableFuture<Void>> steps =
        bands.stream()
            .map(band -> CompletableFuture.runAsync(() -> step.run(band), this::besideOrHere))
            .toList();
    List<Throwable> failures =
        steps.stream().map(BandedConsumer::failureOf).flatMap(Optional::stream).toList();
    if (!failures.isEmpty()) {
      throw failures.get(0) instanceof MessagingException known
          ? known
          : adapterFailure(failures.get(0));
    }
  }

  private void besideOrHere(Runnable step) {
    try {
      threads.beside(step);
    } catch (OutOfMemoryError e) {
      LOG.debug("No thread can be started now; one step follows the other", e);
      step.run();
    }
  }

  private static Optional<Throwable> failureOf(CompletableFuture<Void> step) {
    try {
      Waits.join(step);
      return Optional.empty();
    } catch (CompletionException e) {
      return Optional.of(e.getCause() == null ? e : e.getCause());
    }
  }

  /** An Error, such as a lack of threads, is thrown as it is: it may pass. */
  private static MessagingException adapterFailure(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return new MessagingException(ErrorCode.BACKEND_FAILURE, "The adapter failed: " + cause, cause);
  }
}
