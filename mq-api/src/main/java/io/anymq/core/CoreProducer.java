package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.MissingDestination;
import io.anymq.Options;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.SendInDoubtException;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Texts;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer: a bounded window of unconfirmed sends over the link's producer of the moment.
 *
 * <p>The send lock keeps the order: it is held while a send enters the window and is handed to the
 * link, and while everything unconfirmed is handed to the next link. Confirmations and time limits
 * never take it, for a send may hold it while the network pushes back.
 */
final class CoreProducer implements Producer, Child {

  private static final Logger LOG = LoggerFactory.getLogger(CoreProducer.class);

  private final CoreConnection connection;
  private final Destination destination;
  private final MissingDestination missing;
  private final Duration sendTimeout;
  private final SendWindow window;
  private final ReentrantLock sendLock = new ReentrantLock();
  private final AtomicReference<@Nullable Attached> attached = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final RepeatedWarning breaks = new RepeatedWarning(LOG);
  private final Relapses relapses;
  private volatile @Nullable MessagingException failure;

  /** Whether a close has done waiting for what is under way, which needs a link until then. */
  private volatile boolean ended;

  CoreProducer(
      CoreConnection connection, Destination destination, ProducerOptions producerOptions) {
    Options options = connection.options();
    this.connection = connection;
    this.relapses = new Relapses(options);
    this.destination = destination;
    this.missing = producerOptions.missingDestination();
    this.sendTimeout =
        producerOptions.sendTimeout().orElseGet(() -> options.get(ConnectionOptions.SEND_TIMEOUT));
    this.window =
        new SendWindow(
            producerOptions.window().orElseGet(() -> options.get(ConnectionOptions.SEND_WINDOW)));
  }

  /**
   * A link's producer.
   *
   * @param epoch the number of its link
   * @param broken set when it is of no more use while its link lives
   */
  private record Attached(LinkProducer producer, long epoch, AtomicBoolean broken) {}

  @Override
  public Destination destination() {
    return destination;
  }

  @Override
  public Message send(Message message) {
    requireNonNull(message, "message must not be null");
    PendingSend send = enter(connection.admit(message), sendTimeout, false, Optional.empty());
    try {
      // The tick ends it at the send time-out; the factor is for a tick that comes late.
      return Waits.get(send.future(), Deadline.in(sendTimeout.multipliedBy(2)));
    } catch (ExecutionException e) {
      throw MessagingFailures.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SendInDoubtException(
          "The thread was interrupted while it waited for the confirmation", e);
    } catch (TimeoutException e) {
      throw new SendInDoubtException("The confirmation did not come in time", e);
    }
  }

  @Override
  public CompletableFuture<Message> sendAsync(Message message) {
    requireNonNull(message, "message must not be null");
    return sendAdmitted(connection.admit(message));
  }

  /** Sends what has been checked. */
  CompletableFuture<Message> sendAdmitted(Message message) {
    return sendAdmitted(message, sendTimeout);
  }

  /** Sends a dead letter, whatever the checks say. */
  CompletableFuture<Message> sendLetter(Message letter, CoreDelivery origin) {
    return sendHeld(letter, Optional.of(origin));
  }

  /**
   * Sends what has been checked, or is the dead letter of a delivery. The future is the core's own:
   * it completes on any thread, and not behind stages of the application's.
   */
  CompletableFuture<Message> sendHeld(Message message, Optional<CoreDelivery> origin) {
    return enter(message, sendTimeout, false, origin).future();
  }

  /** The same, for who does not wait for room in the window for as long as others. */
  CompletableFuture<Message> sendAdmitted(Message message, Duration patience) {
    Duration bounded = patience.compareTo(sendTimeout) < 0 ? patience : sendTimeout;
    return enter(message, bounded, true, Optional.empty()).future();
  }

  private PendingSend enter(
      Message message, Duration patience, boolean exposed, Optional<CoreDelivery> origin) {
    PendingSend send = new PendingSend(this, message, Deadline.in(sendTimeout), exposed, origin);
    Deadline entry = Deadline.in(patience);
    awaitRoom(entry, patience, exposed);
    awaitTurn(entry, patience);
    try {
      if (!window.add(send)) {
        window.free();
        throw closedFailure();
      }
      transmit(send);
    } finally {
      unlock();
    }
    return send;
  }

  private void awaitRoom(Deadline deadline, Duration patience, boolean exposed) {
    boolean waits = exposed && !connection.threads().isCompleting();
    try {
      if (!window.awaitRoom(deadline) || (waits && !awaitTold(deadline))) {
        throw new MessagingTimeoutException(
            "The window of %d unconfirmed sends to %s stayed full for %s; the message was not sent"
                .formatted(window.limit(), destination.describe(), Texts.of(patience)));
      }
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    }
  }

  /** Stages that are slower than confirmations hold the sender back, or memory would run out. */
  private boolean awaitTold(Deadline deadline) throws InterruptedException {
    boolean told = false;
    try {
      told = window.awaitTold(deadline);
      return told;
    } finally {
      if (!told) { // in time, or the wait was interrupted
        window.free();
      }
    }
  }

  /** Takes the send lock. Who reopens the producer holds it, for as long as the broker likes. */
  private void awaitTurn(Deadline deadline, Duration patience) {
    boolean taken = false;
    try {
      taken = Waits.tryLock(sendLock, deadline);
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    } finally {
      if (!taken) {
        window.free();
      }
    }
    if (!taken) {
      throw new MessagingTimeoutException(
          "The producer for %s was held up for %s by other sends, or by being reopened; the message was not sent"
              .formatted(destination.describe(), Texts.of(patience)));
    }
  }

  /**
   * Gives the send lock back. A close that did not get it in time has left the link's producer to
   * whoever held it.
   */
  private void unlock() {
    sendLock.unlock();
    if (ended && attached.get() != null && sendLock.tryLock()) {
      try {
        Interrupts.deferred(this::closeLinkProducer);
      } catch (RuntimeException e) { // it is not the failure of the send that this thread makes
        LOG.warn("Closing {} failed", describe(), e);
      } finally {
        sendLock.unlock();
      }
    }
  }

  /**
   * With the send lock held. Without a link, the message stays in the window until there is one.
   */
  private void transmit(PendingSend send) {
    if (send.isObsolete()) {
      send.fail(this::obsolete);
      return;
    }
    Attached now = attached.get();
    if (now == null || now.broken().get()) {
      return;
    }
    try {
      if (now.producer() instanceof BandedProducer banded) {
        banded.prepare(send.message());
      }
      if (send.begin()) {
        now.producer().send(send);
      }
    } catch (ConnectionLostException e) {
      LOG.debug("A send met a lost link; the next link takes it", e);
    } catch (MessagingException e) {
      send.failed(e);
    } catch (RuntimeException e) {
      send.failed(
          PendingSend.inDoubt(
              new MessagingException(ErrorCode.BACKEND_FAILURE, "The adapter failed: " + e, e)));
    }
  }

  private MessagingException obsolete(boolean transmitted) {
    String why =
        "The dead letter for %s is not sent over another link: its message comes again"
            .formatted(destination.describe());
    return transmitted ? new SendInDoubtException(why) : new ConnectionLostException(why);
  }

  /** Completes a future of the application's where what depends on it may block. */
  void complete(Runnable outcome) {
    window.telling();
    connection
        .threads()
        .complete(
            () -> {
              outcome.run();
              window.told();
            });
  }

  void confirmedOne() {
    relapses.worked();
    window.free();
  }

  void freeRoom() {
    window.free();
  }

  boolean recreatesDestination() {
    return missing == MissingDestination.CREATE && !ended;
  }

  /** The destination was deleted under our feet: makes it again, and sends once more. */
  void recreateAndSend(PendingSend send) {
    connection.threads().chore(() -> recreateNow(send));
  }

  private void recreateNow(PendingSend send) {
    LinkState.Current now = connection.supervisor().state().current();
    if (now == null) {
      return; // the next link's producer makes the destination, and sends what is in the window
    }
    try {
      missing(now.link());
    } catch (ConnectionLostException e) {
      LOG.debug("The link was lost while a destination was made again", e);
      return;
    } catch (MessagingException e) {
      send.failed(e);
      return;
    }
    Waits.lock(sendLock);
    try {
      if (send.awaitsDestination()) { // unless a producer that was opened again has sent it
        transmit(send);
      }
    } finally {
      unlock();
    }
  }

  private void missing(Link link) {
    connection.destinations().ensure(link, destination, missing);
  }

  @Override
  public void attach(Link link, long epoch) {
    Waits.lock(sendLock);
    try {
      Attached now = attached.get();
      if (ended || (now != null && now.epoch() >= epoch && !now.broken().get())) {
        return;
      }
      missing(link);
      AtomicBoolean broken = new AtomicBoolean();
      LinkProducer producer = link.openProducer(destination, cause -> broke(broken, epoch, cause));
      attached.set(new Attached(producer, epoch, broken));
      window.undecided().forEach(this::transmit);
    } finally {
      unlock(); // and closes what was opened, if a close came meanwhile
    }
  }

  private void broke(AtomicBoolean broken, long epoch, MessagingException cause) {
    if (!broken.compareAndSet(false, true)) {
      return; // it is opened again already
    }
    breaks.warn(
        "The producer for %s broke, will reopen it: %s"
            .formatted(destination.describe(), cause.getMessage()));
    connection.supervisor().reopen(this, epoch, relapses.pause());
  }

  @Override
  public String describe() {
    return "the producer for " + destination.describe();
  }

  @Override
  public void detach(long epoch) {
    Attached now = attached.get();
    if (now != null && now.epoch() == epoch) {
      attached.compareAndSet(now, null);
    }
  }

  @Override
  public void tick() {
    window.expire(send -> send.fail(transmitted -> timedOut(send, transmitted)));
  }

  private MessagingException timedOut(PendingSend send, boolean transmitted) {
    String id = send.message().id().orElse("?");
    return transmitted
        ? new SendInDoubtException(
            "Message %s to %s was not confirmed within %s; the backend may have it"
                .formatted(id, destination.describe(), Texts.of(sendTimeout)))
        : new MessagingTimeoutException(
            "Message %s to %s was not sent within %s: the connection was not recovered in time"
                .formatted(id, destination.describe(), Texts.of(sendTimeout)));
  }

  @Override
  public void flush(Duration timeout) {
    Waits.requireTimeout(timeout);
    if (!flush(Deadline.in(timeout))) {
      throw new MessagingTimeoutException(
          "Sends to %s are still unconfirmed after %s"
              .formatted(destination.describe(), Texts.of(timeout)));
    }
  }

  private boolean flush(Deadline deadline) {
    // A stage of a send that is confirmed must not wait for its own end.
    boolean inStage = connection.threads().isCompleting();
    return window.unended().stream()
        .filter(send -> !(inStage && send.isDecided()))
        .allMatch(send -> send.awaitEnd(deadline));
  }

  @Override
  public void fail(MessagingException cause) {
    failure = cause;
    if (closed.compareAndSet(false, true)) {
      window.close();
      end(cause.getMessage(), Deadline.now());
    }
  }

  @Override
  public void close() {
    close(Deadline.in(connection.closeTimeout()));
  }

  boolean isClosed() {
    return closed.get();
  }

  void close(Deadline deadline) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    window.close();
    connection.uninterrupted(() -> finishClose(deadline));
  }

  private void finishClose(Deadline deadline) {
    try {
      boolean unused = flush(deadline);
    } finally {
      end("the producer was closed", deadline);
    }
  }

  private void end(@Nullable String why, Deadline deadline) {
    ended = true;
    breaks.end("Breaks of " + describe());
    connection.forget(this);
    for (PendingSend send : window.undecided()) {
      send.fail(transmitted -> ended(transmitted, why));
    }
    closeAttached(deadline);
  }

  private MessagingException ended(boolean transmitted, @Nullable String why) {
    return transmitted
        ? new SendInDoubtException(
            "The message to %s was not confirmed before the end: %s"
                .formatted(destination.describe(), why))
        : new ClosedException(
            "The message to %s was not sent: %s".formatted(destination.describe(), why));
  }

  /**
   * A sender may hold the lock while the network pushes back; it closes it then when it goes on.
   */
  private void closeAttached(Deadline deadline) {
    try {
      // A free lock is taken even when the thread was interrupted.
      if (Waits.tryLock(sendLock, deadline)) {
        try {
          closeLinkProducer();
        } finally {
          sendLock.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** With the send lock held. */
  private void closeLinkProducer() {
    Attached now = attached.getAndSet(null);
    if (now != null) {
      now.producer().close();
    }
  }

  private MessagingException closedFailure() {
    MessagingException cause = failure;
    return cause == null
        ? new ClosedException(
            "The producer for " + destination.describe() + " is closed; the message was not sent")
        : new ClosedException(
            "The producer for %s has ended: %s"
                .formatted(destination.describe(), cause.getMessage()),
            cause);
  }
}
