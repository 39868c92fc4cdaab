package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionState;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.tck.ledger.Ledger;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that is interrupted again and again while it works, and beside it one that nobody
 * interrupts, on the same connection. In even rounds the thread is interrupted before the call, in
 * odd ones a little later each time, so that the interrupts hit the call in many places.
 */
final class Interruptions {

  private static final int ROUNDS = 16;
  private static final int BYSTANDERS_SENDS = 300;
  private static final long STEP_NANOS = 150_000;

  private final ScenarioContext t;
  private final List<ConnectionState> states = new CopyOnWriteArrayList<>();
  private final Connection connection;
  private final Queue queue;
  private final Ledger ledger = new Ledger();
  private final AtomicInteger steps = new AtomicInteger();
  private final List<Future<Boolean>> booked = new CopyOnWriteArrayList<>();

  /** What the interrupted thread does in each round. */
  @FunctionalInterface
  interface Work {
    void run(int round) throws Exception;
  }

  /** The same, where one call of several is to be hit: it asks for the interrupt itself. */
  @FunctionalInterface
  interface PointedWork {
    void run(Runnable interrupt) throws Exception;
  }

  Interruptions(ScenarioContext t) {
    this.t = t;
    this.connection = t.connect((on, state, cause) -> states.add(state));
    this.queue = t.queue();
  }

  /** The connection that both threads use. */
  Connection connection() {
    return connection;
  }

  /** The queue that the undisturbed thread sends to; the other one may, too. */
  Queue queue() {
    return queue;
  }

  /** Sends a message that is booked. */
  void send() {
    send("disturbed");
  }

  private void send(String key) {
    Message message = ledger.next(key, 0);
    try {
      connection.send(queue, message);
      ledger.confirmed(message);
    } catch (MessagingException e) {
      ledger.failed(message, e);
      throw e;
    }
  }

  /** The same, without waiting. */
  void sendAsync() {
    Message message = ledger.next("async", 0);
    try {
      booked.add(ledger.track(message, connection.sendAsync(queue, message)));
    } catch (MessagingException e) {
      ledger.failed(message, e);
      throw e;
    }
  }

  /**
   * Does the work in many rounds, interrupted in each, with the undisturbed thread beside it; then
   * holds the books against what has arrived.
   *
   * @param what the call, for the failure's text
   * @param allowed how the call may fail, besides {@link ErrorCode#INTERRUPTED}
   */
  void disturb(String what, Work work, ErrorCode... allowed) {
    rounds(
        what,
        (round, interrupt) -> {
          interrupt.run();
          work.run(round);
        },
        allowed);
  }

  /** The same for work that asks for the interrupt, just before the call that is to be hit. */
  void disturbPart(String what, PointedWork work, ErrorCode... allowed) {
    rounds(what, (round, interrupt) -> work.run(interrupt), allowed);
  }

  @FunctionalInterface
  private interface Round {
    void run(int number, Runnable interrupt) throws Exception;
  }

  private void rounds(String what, Round work, ErrorCode... allowed) {
    AtomicBoolean done = new AtomicBoolean();
    Future<Boolean> bystander = t.inThread(() -> workUndisturbed(done));
    try {
      for (int round = 0; round < ROUNDS; round++) {
        int number = round;
        awaitStep(bystander);
        Check.completes(
            t.inThread(() -> interrupted(what, number, work, Set.of(allowed))),
            what + " that is interrupted",
            "that a wait of the adapter heeds the interrupt");
      }
    } finally {
      done.set(true);
    }
    Check.completes(
        bystander,
        "the work of a thread that nobody interrupts, beside " + what + " that is interrupted,",
        "what an interrupt does to the connection");
    Check.that(
        states.equals(List.of(ConnectionState.OPENING, ConnectionState.OPEN)),
        "the connection's listener to hear of its opening alone",
        states,
        "whether the adapter takes an interrupt for a loss");
    reconcile();
  }

  /** So that the two threads work by turns at least, however fast the one is. */
  private void awaitStep(Future<Boolean> bystander) {
    int before = steps.get();
    Check.eventually(
        () -> bystander.isDone() || steps.get() > before,
        "the thread that nobody interrupts to go on",
        () -> "that it waits",
        "what an interrupt does to the connection");
  }

  private void workUndisturbed(AtomicBoolean done) {
    boolean depth = t.supports(Capability.QUEUE_DEPTH);
    for (int i = 0; !done.get(); i++) {
      if (i < BYSTANDERS_SENDS) {
        send("undisturbed");
      } else {
        Check.that(connection.exists(queue), "the queue to exist", "that not", "exists");
      }
      if (depth && i % 10 == 0) {
        Object unused = connection.depth(queue);
      }
      steps.incrementAndGet();
    }
  }

  private static void interrupted(String what, int round, Round work, Set<ErrorCode> allowed)
      throws Exception {
    Thread victim = Thread.currentThread();
    Thread pest = new Thread(() -> pester(victim, round), "tck-pest");
    MessagingException failure = null;
    pest.setDaemon(true);
    try {
      work.run(round, round % 2 == 0 ? victim::interrupt : pest::start);
    } catch (MessagingException e) {
      failure = e;
    }
    judge(what, failure, allowed);
    if (round % 2 == 1) {
      awaitEnd(pest);
    }
    Check.that(
        Thread.interrupted(),
        "the interrupt flag to be set after " + what + (failure == null ? "" : " that failed"),
        "that it is clear",
        "where an InterruptedException is caught");
  }

  private static void judge(
      String what, @Nullable MessagingException failure, Set<ErrorCode> allowed) {
    Check.that(
        failure == null
            || failure.code() == ErrorCode.INTERRUPTED
            || allowed.contains(failure.code()),
        what + " to be done, or to fail with INTERRUPTED or " + allowed,
        failure,
        "how an interrupt is translated");
  }

  private static void pester(Thread victim, int round) {
    LockSupport.parkNanos(round * STEP_NANOS);
    victim.interrupt();
  }

  /** The flag may be set already, and must not be lost. */
  private static void awaitEnd(Thread pest) {
    boolean interrupted = Thread.interrupted();
    try {
      pest.join(Check.LIMIT.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    while (pest.isAlive()) {
      Thread.onSpinWait(); // it has interrupted, and has nothing left to do
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void reconcile() {
    booked.forEach(each -> Check.completes(each, "each sendAsync", "what is told to its future"));
    Connection reader = t.connect();
    try (var consumer = reader.createConsumer(queue, Messages.MANUAL)) {
      reader.send(queue, Message.text("marker"));
      var next = Messages.take(consumer);
      while (next.message().contentType().isEmpty()) {
        ledger.received(next);
        next.accept();
        next = Messages.take(consumer);
      }
      next.accept();
    }
    LedgerCheck.exactlyOnce(ledger.reconcile());
    reader.close();
  }
}
