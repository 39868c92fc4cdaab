package io.anymq.core;

import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.DeadLetter.Reason;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.RolledBackException;
import io.anymq.SendInDoubtException;
import io.anymq.core.UnitOfWork.HeldSend;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One commit of a unit of work: in one step where the link can, otherwise the sends, all confirmed,
 * and then the settlements, so that what breaks in between duplicates and never loses.
 */
final class Commit {

  private static final Logger LOG = LoggerFactory.getLogger(Commit.class);

  private final CoreConnection connection;
  private final UnitOfWork unit;

  /** Whether the backend may have something of it. */
  private boolean begun;

  /** Whether its sends were told how it ended, and its deliveries given back. */
  private boolean resolved;

  Commit(CoreConnection connection, UnitOfWork unit) {
    this.connection = connection;
    this.unit = unit;
  }

  /** Does it. However this ends, the unit is resolved: nobody could do it later. */
  void run() {
    try {
      commit();
      unit.complete(connection.threads());
    } catch (RuntimeException e) {
      throw resolved ? e : broken(e);
    } catch (Error e) {
      if (!resolved) {
        MessagingException unused = broken(e);
      }
      throw e;
    }
  }

  private void commit() {
    if (unit.hasLostDelivery()) {
      throw rolledBack(
          "The connection was lost since the unit of work began: its deliveries come again", null);
    }
    LinkState.Current now;
    try {
      now = connection.supervisor().state().await(0, deadline());
    } catch (MessagingException e) {
      throw rolledBack("There is no connection to commit on: " + e.getMessage(), e);
    }
    if (unit.hasDeliveryFromBefore(now.epoch())) {
      throw rolledBack(
          "The connection was lost while the commit waited for it: the deliveries come again",
          null);
    }
    if (unit.hasUnopenedConsumer()) {
      throw rolledBack(
          "A consumer of the unit of work is still being opened, and cannot accept its deliveries yet: they come again",
          null);
    }
    List<HeldSend> sends = prepared();
    if (now.link() instanceof AtomicCommit atomic) {
      commitAtOnce(atomic, sends);
    } else {
      commitInOrder(sends);
    }
  }

  private Deadline deadline() {
    return Deadline.in(connection.options().get(ConnectionOptions.OPERATION_TIMEOUT));
  }

  private List<HeldSend> prepared() {
    try {
      return allSends();
    } catch (MessagingException e) {
      throw rolledBack("A dead letter's queue cannot be used: " + e.getMessage(), e);
    }
  }

  /** The unit's sends, and a dead letter for each delivery that was rejected. */
  private List<HeldSend> allSends() {
    List<HeldSend> sends = new ArrayList<>(unit.sends());
    for (SessionDelivery delivery : unit.deliveries()) {
      if (delivery.decision() == Settlement.REJECTED) {
        DeadLetters letters = delivery.consumer().deadLetters();
        if (!letters.keeps(delivery.destination())) {
          continue;
        }
        sends.add(
            new HeldSend(
                connection.kept(letters.queueFor(delivery.destination())),
                letters.letter(delivery.core(), Reason.REJECTED, delivery.reason()),
                new CompletableFuture<>(),
                Optional.of(delivery.core())));
      }
    }
    return sends;
  }

  // --- in one step

  private void commitAtOnce(AtomicCommit link, List<HeldSend> held) {
    List<AtomicCommit.Send> sends =
        held.stream()
            .map(
                send ->
                    new AtomicCommit.Send(
                        send.producer().destination(),
                        send.message(),
                        send.origin().map(CoreDelivery::unwrapped)))
            .toList();
    List<AtomicCommit.Accept> accepts = accepts();
    try {
      begun = true;
      link.commit(sends, accepts);
    } catch (SendInDoubtException | ConnectionLostException e) {
      unit.letGo();
      throw inDoubt("It is not known whether the unit of work was committed: " + e.getMessage(), e);
    } catch (MessagingException e) {
      throw rolledBack("The backend refused the unit of work: " + e.getMessage(), e);
    } catch (RuntimeException e) { // a defect of the adapter's tells nothing
      unit.letGo();
      throw inDoubt("The adapter failed in the commit: " + e, e);
    }
    for (SessionDelivery delivery : unit.deliveries()) {
      if (delivery.decision() == Settlement.RELEASED) {
        delivery.giveBack();
      } else {
        delivery.core().committed();
        forgetBuried(delivery);
      }
    }
  }

  private List<AtomicCommit.Accept> accepts() {
    Map<LinkConsumer, List<InboundDelivery>> byConsumer = new LinkedHashMap<>();
    for (SessionDelivery delivery : unit.deliveries()) {
      if (delivery.decision() != Settlement.RELEASED) {
        byConsumer
            .computeIfAbsent(delivery.core().attachment().openLink(), key -> new ArrayList<>())
            .add(delivery.core().inbound());
      }
    }
    List<AtomicCommit.Accept> accepts = new ArrayList<>();
    byConsumer.forEach(
        (consumer, deliveries) -> accepts.add(new AtomicCommit.Accept(consumer, deliveries)));
    return accepts;
  }

  // --- sends first, then settlements

  private void commitInOrder(List<HeldSend> held) {
    begun = true;
    sendAll(held);
    if (unit.hasLostDelivery()) {
      unit.releaseDeliveries(); // those of consumers that are still there would stay with them
      throw inDoubt(
          "The sends are done, but a consumer was lost before the deliveries were accepted: they come again",
          null);
    }
    for (SessionDelivery delivery : unit.deliveries()) {
      if (delivery.decision() == Settlement.RELEASED) {
        delivery.giveBack();
      } else if (!delivery.core().acceptAtCommit()) {
        unit.releaseWhatIsLeft();
        throw inDoubt(
            "The sends are done, but a consumer was lost while the deliveries were accepted: what was not comes again",
            null);
      } else {
        forgetBuried(delivery);
      }
    }
  }

  /** One that was rejected is in its dead-letter queue: sent again, it is another message. */
  private static void forgetBuried(SessionDelivery delivery) {
    if (delivery.decision() == Settlement.REJECTED) {
      delivery.consumer().buried(delivery.core());
    }
  }

  private void sendAll(List<HeldSend> held) {
    List<CompletableFuture<?>> futures = new ArrayList<>();
    MessagingException failure = null;
    int sent = 0;
    for (HeldSend send : held) {
      try {
        futures.add(send.producer().sendHeld(send.message(), send.origin()));
      } catch (MessagingException e) {
        failure = e;
        break;
      }
    }
    for (CompletableFuture<?> future : futures) {
      try {
        // Each send has its own time limit, which ends this wait.
        Waits.join(future);
        sent++;
      } catch (CompletionException e) {
        failure = worse(failure, MessagingFailures.of(e));
      }
    }
    if (failure == null) {
      return;
    }
    if (sent == 0 && failure.code() != ErrorCode.SEND_IN_DOUBT) {
      throw rolledBack("Nothing of the unit of work was sent: " + failure.getMessage(), failure);
    }
    unit.releaseDeliveries();
    throw inDoubt(
        "The unit of work was sent in part (%d confirmed): %s"
            .formatted(sent, failure.getMessage()),
        failure);
  }

  private static MessagingException worse(
      @Nullable MessagingException known, MessagingException other) {
    return known != null && known.code() == ErrorCode.SEND_IN_DOUBT ? known : other;
  }

  // --- failures

  private RolledBackException rolledBack(String why, @Nullable MessagingException cause) {
    RolledBackException failure = new RolledBackException(why, cause);
    resolved = true;
    try {
      unit.releaseDeliveries();
    } finally {
      unit.fail(connection.threads(), failure);
    }
    return failure;
  }

  private SendInDoubtException inDoubt(String why, @Nullable RuntimeException cause) {
    SendInDoubtException failure = new SendInDoubtException(why, cause);
    resolved = true;
    unit.fail(connection.threads(), failure);
    return failure;
  }

  /** Something failed that has no business to: a defect of the adapter's or of the core's. */
  private MessagingException broken(Throwable fault) {
    LOG.error("A commit failed for a reason that nobody expected", fault);
    String why = "The commit failed, which is a defect: " + fault;
    MessagingException cause = new MessagingException(ErrorCode.BACKEND_FAILURE, why, fault);
    unit.releaseWhatIsLeft();
    return begun ? inDoubt(why, cause) : rolledBack(why, cause);
  }
}
