package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.AcknowledgementMode;
import io.anymq.ClosedException;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.RolledBackException;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session: gathers a unit of work, and has {@link Commit} do it. */
final class CoreSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger(CoreSession.class);

  private final CoreConnection connection;
  private final List<CoreProducer> producers = new CopyOnWriteArrayList<>();

  /** Held for moments, for what is next. A producer may be closed by another thread. */
  private final Object retirement = new Object();

  /** Producers of which the unit of work holds sends. */
  private final Set<CoreProducer> holding = new HashSet<>();

  /** Producers that the application has closed, and that are still there. */
  private final Set<CoreProducer> retired = new LinkedHashSet<>();

  private final List<CoreConsumer> consumers = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private UnitOfWork unit = new UnitOfWork();

  CoreSession(CoreConnection connection) {
    this.connection = connection;
  }

  /** Does something for one thread at a time; a second one is refused, and does not wait. */
  <T> T use(Supplier<T> action) {
    Thread current = Thread.currentThread();
    if (!user.compareAndSet(null, current)) {
      throw new MessagingException(
          ErrorCode.ILLEGAL_USE,
          "This session is in use by thread '%s'; a session is for one thread at a time"
              .formatted(user.get()));
    }
    try {
      if (closed.get()) {
        throw closedFailure();
      }
      return action.get();
    } finally {
      user.set(null);
      if (closed.get()) {
        endUnit(); // the close found the session in use
      }
    }
  }

  /** Drops what a closed session has gathered, unless its thread is at work, which does it then. */
  private void endUnit() {
    if (user.compareAndSet(null, Thread.currentThread())) {
      try {
        UnitOfWork dropped = nextUnit();
        RolledBackException why =
            new RolledBackException("The session was closed before it was committed");
        try {
          dropped.returnDeliveries();
        } finally {
          dropped.fail(connection.threads(), why);
        }
      } finally {
        letProducersGo();
        user.set(null);
      }
    }
  }

  Message admit(Message message) {
    if (message.deliveryDelay().isPresent()) {
      requireDelayedSends();
    }
    return connection.admit(message);
  }

  private void requireDelayedSends() {
    LinkState.Current now = connection.supervisor().state().current();
    if (now != null && now.link() instanceof AtomicCommit link && !link.takesDelayedSends()) {
      throw new UnsupportedCapabilityException(
          "The broker's commits cannot include a delivery delay; send this message outside of the session");
    }
  }

  CompletableFuture<Message> hold(SessionProducer producer, Message message) {
    return use(
        () -> {
          synchronized (retirement) {
            producer.requireOpen();
            holding.add(producer.core());
          }
          return unit.hold(producer.core(), message);
        });
  }

  /**
   * A producer is closed. A session may live long, and have a producer for each of its replies: it
   * ends with the unit of work that holds sends of it, and now when that holds none.
   */
  void retire(CoreProducer core) {
    synchronized (retirement) {
      retired.add(core);
    }
    closeRetired();
  }

  private void closeRetired() {
    List<CoreProducer> free = new ArrayList<>();
    synchronized (retirement) {
      retired.stream().filter(core -> !holding.contains(core)).forEach(free::add);
      free.forEach(retired::remove);
    }
    for (CoreProducer core : free) {
      try {
        core.close();
      } catch (RuntimeException e) { // the unit of work has ended as it has
        LOG.warn("Closing {} failed", core.describe(), e);
      } finally {
        producers.remove(core);
      }
    }
  }

  /** The unit of work has ended. */
  private void letProducersGo() {
    synchronized (retirement) {
      holding.clear();
    }
  }

  /** Inside {@link #use}. */
  SessionDelivery add(SessionDelivery delivery) {
    unit.add(delivery);
    return delivery;
  }

  @Override
  public Producer createProducer(Destination destination) {
    requireNonNull(destination, "destination must not be null");
    return use(
        () -> {
          CoreProducer core = connection.createProducer(destination, ProducerOptions.DEFAULT);
          producers.add(core);
          requireOpen(core::close);
          return new SessionProducer(this, core);
        });
  }

  @Override
  public Consumer createConsumer(Queue queue, ConsumerOptions options) {
    requireNonNull(queue, "queue must not be null");
    requireNonNull(options, "options must not be null");
    return use(() -> adopt(connection.consumer(queue, manual(options), null)));
  }

  @Override
  public Subscription subscribe(Topic topic, SubscriptionOptions options) {
    requireNonNull(topic, "topic must not be null");
    requireNonNull(options, "options must not be null");
    return use(
        () -> {
          SubscriptionOptions held =
              options.toBuilder().consumer(manual(options.consumer())).build();
          return adopt(connection.subscription(topic, held, null));
        });
  }

  private SessionConsumer adopt(CoreConsumer core) {
    consumers.add(core);
    requireOpen(core::close);
    return new SessionConsumer(this, core);
  }

  /** A close that came meanwhile may have missed what was made here; then this thread closes it. */
  private void requireOpen(java.util.function.Consumer<Deadline> close) {
    if (closed.get()) {
      close.accept(Deadline.in(connection.closeTimeout()));
      throw closedFailure();
    }
  }

  private static ClosedException closedFailure() {
    return new ClosedException("The session is closed");
  }

  /** Its consumer was closed by itself; the session may live long. */
  void forget(CoreConsumer core) {
    consumers.remove(core);
  }

  private static ConsumerOptions manual(ConsumerOptions options) {
    if (options.concurrency() > 1) {
      throw new InvalidOptionException(
          "A session is for one thread: its consumers have no concurrency");
    }
    return options.toBuilder().acknowledgement(AcknowledgementMode.MANUAL).build();
  }

  @Override
  public void commit() {
    end(done -> new Commit(connection, done).run());
  }

  @Override
  public void rollback() {
    end(
        dropped -> {
          try {
            dropped.releaseDeliveries();
          } finally {
            dropped.fail(
                connection.threads(), new RolledBackException("The session was rolled back"));
          }
        });
  }

  private void end(java.util.function.Consumer<UnitOfWork> how) {
    try {
      use(
          () -> {
            try {
              how.accept(nextUnit());
              return true;
            } finally {
              letProducersGo();
            }
          });
    } finally {
      closeRetired();
    }
  }

  private UnitOfWork nextUnit() {
    UnitOfWork done = unit;
    unit = new UnitOfWork();
    return done;
  }

  @Override
  public void close() {
    Interrupts.deferred(() -> close(Deadline.in(connection.closeTimeout())));
  }

  /**
   * The session's thread may be in a receive: closing the consumers ends that, and what it had is
   * unsettled, and so comes again.
   */
  void close(Deadline deadline) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    endUnit();
    Threads threads = connection.threads();
    Deadline limit = SideBySide.limit(deadline);
    consumers.forEach(CoreConsumer::beginClose);
    SideBySide.close(threads, List.copyOf(consumers), limit, each -> each.close(deadline));
    SideBySide.close(threads, List.copyOf(producers), limit, each -> each.close(deadline));
    connection.forget(this);
  }
}
