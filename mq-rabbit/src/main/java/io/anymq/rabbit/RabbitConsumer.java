package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.ConnectionLostException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Consumes one native queue on a channel and a thread of its own. The thread that reads the
 * connection puts what arrives into the {@link Inbox}; the consumer's thread takes out all there
 * is, decodes it, and calls the sink, so a listener that runs in that call holds up nobody else.
 */
class RabbitConsumer implements LinkConsumer {

  /** AMQP 0-9-1 carries the prefetch in 16 bits. */
  static final int MAX_PREFETCH = 65_535;

  /** How long close waits for the consumer's thread, which may be stuck in a listener. */
  private static final Duration THREAD_END = Duration.ofSeconds(1);

  private final NativeConnection connection;
  private final Channel channel;
  private final RabbitSource source;
  private final RabbitMapper mapper;
  private final DeliverySink sink;
  private final @Nullable HandOutLog log;
  private final Thread thread;
  private final Inbox inbox = new Inbox();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final java.util.function.Consumer<RabbitConsumer> atClose;

  private final Object ending = new Object();
  private boolean ended; // Guarded by ending.
  private volatile boolean consuming;
  private volatile int prefetch;

  /** Also the lock under which settlements are written, so that they reach the broker in order. */
  final UnsettledDeliveries unsettled = new UnsettledDeliveries();

  /**
   * What a consumer is made of.
   *
   * @param connection its connection
   * @param channel a channel of that, which becomes its own
   * @param source what it consumes
   * @param mapper decodes messages
   * @param sink takes the deliveries
   * @param log knows what was handed out; null where nobody else gets what it leaves
   * @param atClose is told when the consumer closes
   */
  record Setup(
      NativeConnection connection,
      Channel channel,
      RabbitSource source,
      RabbitMapper mapper,
      DeliverySink sink,
      @Nullable HandOutLog log,
      java.util.function.Consumer<RabbitConsumer> atClose) {}

  /** A consumer, not begun. */
  RabbitConsumer(Setup setup) {
    this.log = setup.log;
    this.connection = setup.connection;
    this.channel = setup.channel;
    this.source = setup.source;
    this.mapper = setup.mapper;
    this.sink = setup.sink;
    this.atClose = setup.atClose;
    this.thread = connection.thread("consumer-" + channel.getChannelNumber(), this::run);
  }

  /** Begins to consume; a failure closes the channel. */
  void start(int atMost) {
    String doing = "Consuming from " + source.origin();
    prefetch = Math.min(atMost, MAX_PREFETCH);
    try {
      limit(prefetch);
      if (mayBegin()) {
        begin();
      }
    } catch (IOException | ShutdownSignalException e) {
      NativeConnection.closeQuietly(channel);
      throw connection.failure(e, doing);
    }
    channel.addShutdownListener(this::shutDown);
    startThread();
  }

  /** The broker has begun to send, and nobody else would end that. */
  private void startThread() {
    try {
      thread.start();
    } catch (Throwable e) {
      NativeConnection.closeQuietly(channel);
      throw e;
    }
  }

  /** Tells the broker the prefetch. */
  void limit(int atMost) throws IOException {
    channel.basicQos(atMost);
  }

  private boolean mayBegin() {
    Turn turn = source.turn();
    return turn == null || turn.isTaken();
  }

  private void begin() throws IOException {
    consume(place());
    consuming = true;
  }

  /**
   * Consumes on the channel; waits for the broker's word.
   *
   * @param place which consumer of the channel this is
   */
  final void consume(int place) throws IOException {
    StreamStart start = source.start();
    Map<String, Object> arguments = start == null ? Map.of() : start.arguments();
    channel.basicConsume(
        source.queue(),
        false,
        Ending.tag(place),
        false,
        false,
        arguments,
        new Arrivals(inbox, source.origin()));
  }

  /** Which consumer of the channel it is. */
  int place() {
    return 1;
  }

  @Override
  public boolean releasesNatively() {
    return source.releasesNatively();
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    List<RabbitDelivery> ours = new ArrayList<>(deliveries.size());
    deliveries.forEach(delivery -> ours.add((RabbitDelivery) delivery));
    if (outcome == Outcome.RELEASE && channel.isOpen()) {
      ours.forEach(RabbitDelivery::goesBack);
    }
    boolean told;
    synchronized (unsettled) {
      told = tell(outcome, ours);
    }
    if (told && outcome == Outcome.ACCEPT) {
      ours.forEach(RabbitDelivery::accepted);
    }
  }

  /**
   * Tells the broker, with the lock held under which settlements are written.
   *
   * @return whether it was written
   */
  boolean tell(Outcome outcome, List<RabbitDelivery> ours) {
    UnsettledDeliveries.Settlement settlement =
        outcome == Outcome.ACCEPT
            ? channel::basicAck
            : (tag, multiple) -> channel.basicNack(tag, multiple, true);
    try {
      if (channel.isOpen()) {
        unsettled.settle(ours, settlement);
        return true;
      }
    } catch (IOException | ShutdownSignalException e) {
      // The channel's end gives back all that is unsettled.
      NativeConnection.LOG.debug("Settling deliveries of {}", source, e);
    }
    return false;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      end();
    } finally {
      source.release();
      atClose.accept(this);
    }
    if (Thread.currentThread() != thread) {
      RabbitThreads.join(thread, THREAD_END);
    }
  }

  /**
   * Ends the deliveries and gives back what is unsettled.
   *
   * <p>The consumer is cancelled before its channel ends. With the channel the broker forgets
   * settlements that a quorum queue has not taken yet; its answer to a cancellation comes after
   * those. (Seen on 3.10: without, some hundred of 20,000 accepted messages came again in one of
   * five runs.)
   */
  void end() {
    // The broker ends the connection when a channel ends its consumer twice: others wait for it.
    synchronized (ending) {
      if (!ended) {
        ended = true;
        endNow();
      }
    }
  }

  private void endNow() {
    stopDelivering();
    Turn turn = source.turn();
    if (turn != null) {
      turn.waitNoMore();
    }
    try {
      recordWhatGoesBack();
      if (consuming && isCertain() && channel.isOpen()) {
        source.ending().end(channel, source.queue(), place(), this::onTheirWay);
      }
    } catch (IOException | ShutdownSignalException e) {
      NativeConnection.LOG.debug("Cancelling the consumer of {}", source, e);
    } finally {
      NativeConnection.closeQuietly(channel);
    }
  }

  /** Whether it is known which consumer of the channel it is. */
  boolean isCertain() {
    return true;
  }

  /** What the broker may have sent beside all that has arrived, by the prefetch. */
  final int onTheirWay() {
    synchronized (unsettled) {
      long held = arrivals() - unsettled.mark() - unsettled.settledSinceMark();
      return (int) (prefetch - held);
    }
  }

  /** How many have come, whose tags are the numbers up to this one. */
  final long arrivals() {
    return inbox.arrivals();
  }

  /** What has arrived and was not taken is dropped. */
  final void stopDelivering() {
    inbox.end();
  }

  /** Whether the broker has ended the consumer, or its channel. */
  final boolean isEndedByBroker() {
    return inbox.cause().isPresent() || !channel.isOpen();
  }

  private void recordWhatGoesBack() {
    List<RabbitDelivery> left = new ArrayList<>();
    synchronized (unsettled) {
      unsettled.forEach(entry -> left.add((RabbitDelivery) entry));
    }
    if (channel.isOpen()) {
      left.forEach(RabbitDelivery::goesBack);
    }
  }

  /** Whatever ends the thread, somebody must hear of it, who opens another consumer. */
  private void run() {
    try {
      deliverAll();
    } catch (Throwable e) {
      NativeConnection.LOG.error("A consumer of {} failed", source.origin(), e);
      inbox.end(
          new MessagingException(
              ErrorCode.BACKEND_FAILURE,
              "The consumer of " + source.origin() + " failed: " + e,
              e));
    }
    inbox.cause().ifPresent(this::broke);
  }

  private void deliverAll() {
    if (!consuming) {
      beginAtTurn();
    }
    for (List<Delivery> arrived = inbox.take(); !arrived.isEmpty(); arrived = inbox.take()) {
      List<RabbitDelivery> deliveries = decode(arrived);
      if (!deliveries.isEmpty()) {
        sink.deliver(deliveries);
      }
      arrived();
    }
  }

  /** Some have arrived. */
  void arrived() {}

  /** Another one takes its place on the same link: what it took is free before that is told. */
  private void broke(MessagingException cause) {
    MessagingException told = cause;
    try {
      close();
      told = diagnose(cause);
    } finally {
      sink.broken(told);
    }
  }

  /** Waits for its turn; one that closes, or whose link is lost, begins no more. */
  private void beginAtTurn() {
    Turn turn = source.turn();
    try {
      if (turn != null && turn.await()) {
        begin();
      }
    } catch (IOException | ShutdownSignalException e) {
      fail(connection.failure(e, "Consuming from " + source.origin()));
    } catch (MessagingException e) {
      fail(e);
    }
  }

  /** Breaks, for that reason. */
  final void fail(MessagingException cause) {
    if (cause instanceof ConnectionLostException) {
      inbox.end(); // the link tells of its own loss
    } else {
      inbox.end(cause);
    }
  }

  private List<RabbitDelivery> decode(List<Delivery> arrived) {
    List<RabbitDelivery> deliveries = new ArrayList<>(arrived.size());
    List<RabbitDelivery> passedOver = new ArrayList<>();
    long now = System.nanoTime();
    if (log != null && arrived.stream().anyMatch(each -> each.getEnvelope().isRedeliver())) {
      log.prepare();
    }
    for (Delivery each : arrived) {
      RabbitDelivery delivery = decode(each, now);
      (isPassedOver(delivery) ? passedOver : deliveries).add(delivery);
      synchronized (unsettled) {
        unsettled.add(delivery);
      }
    }
    if (!passedOver.isEmpty()) {
      settle(Outcome.ACCEPT, passedOver);
    }
    return deliveries;
  }

  private RabbitDelivery decode(Delivery arrived, long now) {
    BasicProperties properties = arrived.getProperties();
    return new RabbitDelivery(
        arrived,
        now,
        mapper.decode(properties, arrived.getBody()),
        source.destination(),
        source.start() == null ? Optional.empty() : StreamStart.position(properties),
        log);
  }

  private boolean isPassedOver(RabbitDelivery delivery) {
    StreamStart start = source.start();
    return start != null && !start.admits(delivery.message());
  }

  /** Why the consumer broke; asks the broker, so not for a thread that reads. */
  private MessagingException diagnose(MessagingException cause) {
    try {
      connection.ask(
          "Looking for " + source.origin(), asking -> asking.queueDeclarePassive(source.queue()));
      return cause;
    } catch (DestinationNotFoundException e) {
      return new DestinationNotFoundException(
          source.describe() + " does not exist: it was deleted under its consumer", e);
    } catch (MessagingException e) {
      return cause;
    }
  }

  private void shutDown(ShutdownSignalException signal) {
    if (signal.isHardError() || signal.isInitiatedByApplication()) {
      inbox.end();
    } else {
      inbox.end(connection.failure(signal, "Consuming from " + source.origin()));
    }
  }
}
