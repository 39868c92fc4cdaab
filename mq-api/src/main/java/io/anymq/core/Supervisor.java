package io.anymq.core;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.core.LinkState.Current;
import io.anymq.spi.Link;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes links, and makes another with all that lives on it when one is lost: the one place of
 * recovery. It works on the connection's maintenance thread.
 */
final class Supervisor {

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** An orderly end of a link that is lost already is not worth waiting for. */
  private static final Duration LOST_LINK_CLOSE = Duration.ofSeconds(1);

  private static final String IN_MEMORY = "in memory, nothing is persistent";

  private final DefaultConnectionFactory factory;
  private final Threads threads;
  private final LinkState state;

  /** In the order in which they were made, in which they are made again. */
  private final Set<Child> children = Collections.synchronizedSet(new LinkedHashSet<>());

  private final AtomicLong epochs = new AtomicLong();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Of the maintenance thread alone. */
  private @Nullable Backoff backoff;

  private volatile long installedAt;

  /** Whether the last link's broker stores persistent messages. */
  private volatile boolean persistent;

  /** Who brings the end; it may call the application back, which may close once more. */
  private volatile @Nullable Thread ending;

  Supervisor(DefaultConnectionFactory factory, Threads threads, StateEvents events) {
    this.factory = factory;
    this.threads = threads;
    this.state = new LinkState(factory.url(), events);
  }

  LinkState state() {
    return state;
  }

  private Options options() {
    return factory.options();
  }

  /** Makes the first link; there is no second attempt. */
  void open() {
    Fuse fuse = new Fuse();
    Current first = connectInterruptibly(fuse);
    installedAt = Waits.nanoTime();
    if (!state.install(first)) {
      first.link().close(LOST_LINK_CLOSE);
      throw state.closed();
    }
    BackendInfo info = first.link().info();
    persistent = first.capabilities().supports(Capability.PERSISTENCE);
    LOG.info(
        "Connected to {}: {} {}, {}",
        factory.url(),
        info.name(),
        info.brokerVersion(),
        persistent ? "persistent messages are stored" : IN_MEMORY);
    fuse.arm(first);
  }

  /**
   * Native clients leave half a connection behind where an interrupt meets them; so they connect on
   * the maintenance thread, and an interrupt ends the wait for it alone.
   */
  private Current connectInterruptibly(Fuse fuse) {
    CompletableFuture<Current> connecting = new CompletableFuture<>();
    threads.maintain(
        () -> {
          try {
            connecting.complete(connect(fuse));
          } catch (RuntimeException | Error e) { // the caller throws it
            connecting.completeExceptionally(e);
          }
        });
    try {
      return Waits.get(connecting);
    } catch (InterruptedException e) {
      var unused = connecting.thenAccept(late -> late.link().close(LOST_LINK_CLOSE));
      throw Interrupts.interrupted(e);
    } catch (ExecutionException e) {
      throw MessagingFailures.of(e);
    }
  }

  /** Tells the loss of a link once it is in use, even when it was lost before that. */
  private final class Fuse implements LinkListener {
    private @Nullable MessagingException blown;
    private @Nullable Current armed;

    @Override
    public void lost(MessagingException cause) {
      Current link;
      synchronized (this) {
        if (blown != null) {
          return;
        }
        blown = cause;
        link = armed;
      }
      if (link != null) {
        begin(link, cause);
      }
    }

    void arm(Current link) {
      MessagingException early;
      synchronized (this) {
        armed = link;
        early = blown;
      }
      if (early != null) {
        begin(link, early);
      }
    }

    private void begin(Current link, MessagingException cause) {
      LOG.warn("Connection to {} lost: {}", factory.url(), cause.getMessage());
      if (!options().get(ConnectionOptions.RECOVERY)) {
        MessagingException last = lostForGood(cause);
        if (state.loseForGood(link.epoch(), last)) {
          threads.maintain(() -> end(link, last));
        }
      } else if (state.lose(link.epoch(), cause)) {
        threads.maintain(() -> recover(link, cause));
      }
    }
  }

  private Current connect(Fuse fuse) {
    LinkRequest request = new LinkRequest(factory.brokerUrl(), options(), factory.names(), fuse);
    try {
      Link link =
          BandedLink.over(factory.backend().connect(request), threads, request.operationTimeout());
      return required(new Current(link, epochs.incrementAndGet(), CoreCapabilities.of(link)));
    } catch (MessagingException e) {
      throw e;
    } catch (RuntimeException e) {
      throw adapterFailure(e);
    } catch (LinkageError e) {
      throw new MessagingException(
          ErrorCode.BACKEND_FAILURE,
          "The adapter for %s cannot load its native client: %s. Is its jar missing, or of another version?"
              .formatted(factory.url(), e),
          e);
    }
  }

  /**
   * Refuses a link that cannot do what the program requires, the first one and each later one: the
   * broker may have been started again without it. A program that requires persistence would else
   * be told that messages are stored which are in memory.
   */
  private Current required(Current next) {
    try {
      factory.required().forEach(next.capabilities()::require);
      return next;
    } catch (UnsupportedCapabilityException e) {
      try {
        next.link().close(LOST_LINK_CLOSE);
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private static MessagingException adapterFailure(Throwable cause) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        (cause instanceof Error
                ? "The adapter could not do it: "
                : "The adapter failed, which is a defect of it: ")
            + Guard.text(cause),
        cause);
  }

  private void recover(Current lost, MessagingException cause) {
    leave(lost);
    Deadline deadline = recoveryDeadline();
    Backoff pauses = pauses();
    MessagingException last = cause;
    while (!deadline.isOver()) {
      if (!state.pause(Deadline.in(pauses.next()))) {
        return;
      }
      try {
        recoverOnce();
        return;
      } catch (Throwable e) { // a lack of threads, too, may be over at the next attempt
        last = e instanceof MessagingException known ? known : adapterFailure(e);
        LOG.info("Not recovered yet: {}", last.getMessage());
      }
    }
    giveUp(last);
  }

  /**
   * They grow on while links are made and soon lost again, and begin anew after one that lasted.
   */
  private Backoff pauses() {
    Duration lasted = Duration.ofNanos(Waits.nanoTime() - installedAt);
    Backoff pauses = backoff;
    if (pauses == null
        || lasted.compareTo(options().get(ConnectionOptions.RECOVERY_MAX_PAUSE)) > 0) {
      pauses = Backoff.of(options());
      backoff = pauses;
    }
    return pauses;
  }

  /**
   * Everything is made again before anybody sees the link, so that an old consumer is not
   * overtaken.
   */
  private void recoverOnce() {
    Fuse fuse = new Fuse();
    Current next = connect(fuse);
    boolean installed = false;
    try {
      Deadline deadline = recoveryDeadline();
      List.copyOf(children).forEach(child -> restore(child, next, deadline, Backoff.of(options())));
      installedAt = Waits.nanoTime();
      installed = state.install(next);
      if (installed) {
        LOG.info("Connection to {} recovered", factory.url());
        warnOfLostPersistence(next);
      }
    } finally {
      if (installed) {
        fuse.arm(next);
      } else if (!state.keepForClose(next)) {
        leave(next);
      }
    }
  }

  private void warnOfLostPersistence(Current next) {
    boolean now = next.capabilities().supports(Capability.PERSISTENCE);
    if (persistent && !now) {
      LOG.warn(
          "The broker at {} stored persistent messages before this recovery, and does not now: {}",
          factory.url(),
          IN_MEMORY);
    }
    persistent = now;
  }

  private void leave(Current old) {
    forEachChild(child -> child.detach(old.epoch()));
    Guard.run(
        () -> old.link().close(LOST_LINK_CLOSE), e -> LOG.warn("Closing a lost link failed", e));
  }

  /** Whatever becomes of one of them, the others have their turn. */
  private void forEachChild(Consumer<Child> action) {
    List.copyOf(children).forEach(child -> Guard.run(() -> action.accept(child)));
  }

  private void giveUp(MessagingException cause) {
    MessagingException last = lostForGood(cause);
    if (state.giveUp(last)) {
      failChildren(last);
    }
  }

  private void end(Current lost, MessagingException cause) {
    try {
      leave(lost);
    } finally {
      failChildren(cause);
    }
  }

  private void failChildren(MessagingException cause) {
    ending = Thread.currentThread();
    try {
      List.copyOf(children).forEach(child -> fail(child, cause));
    } finally {
      threads.shutdown();
      ended.countDown();
    }
  }

  private MessagingException lostForGood(MessagingException cause) {
    return new ConnectionLostException(
        "The connection to %s broke and was not recovered: %s"
            .formatted(factory.url(), cause.getMessage()),
        cause);
  }

  private Deadline recoveryDeadline() {
    return Deadline.in(options().get(ConnectionOptions.RECOVERY_TIMEOUT));
  }

  // --- what lives on the link

  /** Attaches a child, again and again if that may help, and ends it if it cannot. */
  private void restore(Child child, Current to, Deadline deadline, Backoff backoff) {
    try {
      child.attach(to.link(), to.epoch());
    } catch (MessagingException e) {
      notRestored(child, to, deadline, backoff, e);
    } catch (RuntimeException e) {
      fail(child, adapterFailure(e));
    } catch (Error e) { // a lack of threads passes
      notRestored(child, to, deadline, backoff, adapterFailure(e));
    }
  }

  private void notRestored(
      Child child, Current to, Deadline deadline, Backoff backoff, MessagingException why) {
    boolean mayPass = why.isTransient() || why.getCause() instanceof Error;
    if (!mayPass || deadline.isOver()) {
      LOG.error("Could not reopen {} after recovery: {}", child.describe(), why.getMessage());
      fail(child, why);
      return;
    }
    LOG.info("Reopening {} failed, will retry: {}", child.describe(), why.getMessage());
    threads.after(
        backoff.next(),
        () -> threads.maintain(() -> restoreIfCurrent(child, to, deadline, backoff)));
  }

  /** What a child's end throws is not the others' end. */
  private static void fail(Child child, MessagingException cause) {
    Guard.run(() -> child.fail(cause));
  }

  private void restoreIfCurrent(Child child, Current to, Deadline deadline, Backoff backoff) {
    if (children.contains(child) && state.isCurrent(to.epoch())) {
      restore(child, to, deadline, backoff);
    }
  }

  /** Opens a child again, after a pause, whose native counterpart broke while the link lives. */
  void reopen(Child child, long epoch, Duration pause) {
    threads.maintain(() -> child.detach(epoch));
    if (pause.isZero()) {
      threads.maintain(() -> openAgain(child));
    } else {
      threads.after(pause, () -> threads.maintain(() -> openAgain(child)));
    }
  }

  private void openAgain(Child child) {
    Current now = state.current();
    if (now != null) {
      restoreIfCurrent(child, now, recoveryDeadline(), Backoff.of(options()));
    }
  }

  /** Adopts a child and attaches it, waiting for a link if need be. */
  void adopt(Child child) {
    children.add(child);
    boolean unused =
        call(
            now -> {
              child.attach(now.link(), now.epoch());
              return true;
            });
    if (state.isClosing()) {
      throw state.closed();
    }
  }

  /** Has a child told when the connection is lost for good; it lives on no link. */
  void watch(Child child) {
    children.add(child);
  }

  void forget(Child child) {
    children.remove(child);
  }

  void tick() {
    forEachChild(Child::tick);
  }

  // --- what is asked of the broker

  /**
   * Asks the broker something that may be asked twice: waits for a link, and asks again on the next
   * one when it was lost meanwhile, all within the operation time-out.
   */
  <T> T call(Function<Current, T> operation) {
    Deadline deadline = Deadline.in(options().get(ConnectionOptions.OPERATION_TIMEOUT));
    long after = 0;
    while (true) {
      Current now = state.await(after, deadline);
      try {
        return operation.apply(now);
      } catch (ConnectionLostException e) {
        LOG.debug("Asking again on the next link", e);
        after = now.epoch();
      }
    }
  }

  /** Closes the link; everything that lived on it has been closed. */
  void finishClose(Duration timeout) {
    Current last = state.remove();
    try {
      if (last != null) {
        last.link().close(timeout);
      }
    } finally {
      state.finishClose();
      ended.countDown();
    }
  }

  /** Waits until the end has come to all that lived on the connection, whoever began it. */
  void awaitEnd(Deadline deadline) {
    if (Thread.currentThread().equals(ending)) {
      return;
    }
    boolean unused = Interrupts.waiting(() -> Waits.until(ended, deadline));
  }
}
