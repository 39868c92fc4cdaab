package io.anymq.core.model;

import io.anymq.Delivery;
import io.anymq.MessagingException;
import io.anymq.core.script.Entry;
import io.anymq.core.script.ScriptedDelivery;
import io.anymq.core.script.ScriptedDelivery.Fate;
import io.anymq.core.script.Store;
import io.anymq.core.script.Visit;
import java.time.Duration;
import java.util.List;

/** The end of a program: all faults are over, everything is delivered, and everything closes. */
final class Finale {

  /**
   * Enough for a dead letter that was refused for a lasting reason, and for a send's time limit.
   */
  private static final Duration LONG = Duration.ofSeconds(70);

  private static final int MOST_ROUNDS = 200;

  private final World world;
  private final Ledger ledger;

  Finale(World world) {
    this.world = world;
    ledger = world.ledger;
  }

  void run() {
    world.callbacks.disarm();
    world.broker.heal();
    world.broker.alive().forEach(link -> link.cutDuring(0));
    world.simulation.run(LONG);
    requireQuiet();
    sendOn();
    drain();
    nothingIsStuck();
    ledger.rest();
    if (!world.broken()) {
      closeAll();
    }
  }

  private void requireQuiet() {
    ledger.require(world.isQuiet(), "A call does not end: %s", world.simulation);
  }

  /** Whoever could send before the faults can send again. */
  private void sendOn() {
    for (Sender sender : world.senders) {
      if (sender.session == null && sender.producer != null && world.isOpen(sender)) {
        world.user(sender.index, () -> sendOn(sender));
      }
    }
    world.simulation.run(Duration.ofSeconds(1));
    requireQuiet();
  }

  private void sendOn(Sender sender) {
    try {
      world.actions.send(sender, true, Terms.NONE);
    } catch (MessagingException e) {
      ledger.require(false, "%s cannot be sent to any more: %s", sender.to, e.getMessage());
    }
  }

  private void drain() {
    int quiet = 0;
    for (int round = 0; quiet < 2 && !world.broken(); round++) {
      long before = ledger.deliveries();
      for (Receiver receiver : world.receivers) {
        if (world.isOpen(receiver)) {
          world.user(world.actions.user(receiver), () -> drain(receiver));
        }
      }
      for (int i = 0; i < world.sessions.size(); i++) {
        SessionOf session = world.sessions.get(i);
        if (!session.closed) {
          world.user(i, () -> world.actions.end(session, true));
        }
      }
      world.simulation.run(Duration.ofSeconds(2));
      quiet = ledger.deliveries() == before ? quiet + 1 : 0;
      ledger.require(round < MOST_ROUNDS, "There is no end to what is received");
    }
    requireQuiet();
  }

  private void drain(Receiver receiver) {
    if (receiver.session == null) {
      List.copyOf(receiver.held).forEach(Finale.this::accept);
      receiver.held.clear();
    }
    if (receiver.listens || !world.isOpen(receiver)) {
      return;
    }
    for (Delivery next = next(receiver); next != null; next = next(receiver)) {
      world.actions.got(receiver, next);
      if (receiver.session == null && !receiver.isAutomatic()) {
        receiver.held.remove(next);
        accept(next);
      }
    }
  }

  private static Delivery next(Receiver receiver) {
    return receiver.consumer.receive(Duration.ofMillis(20)).orElse(null);
  }

  private void accept(Delivery delivery) {
    ledger.settles(delivery, Fate.ACCEPTED, Duration.ZERO, "");
    delivery.accept();
  }

  private void nothingIsStuck() {
    if (world.broken()) {
      return;
    }
    world.receivers.stream()
        .filter(receiver -> receiver.replays && world.isOpen(receiver))
        .forEach(ledger::replayed);
    long open =
        world.receivers.stream()
            .filter(world::isOpen)
            .mapToLong(each -> each.banded ? 10 : 1)
            .sum();
    long there =
        world.broker.stores().stream()
            .filter(store -> !store.isTemporary())
            .flatMap(store -> store.visits().stream())
            .count();
    ledger.require(open == there, "%d consumers are open, and the broker knows of %d", open, there);
    for (Store store : world.broker.stores()) {
      for (Entry entry : store.ready()) {
        for (Visit visit : store.visits()) {
          ledger.require(!visit.selects(entry), "%s waits, although there is %s", entry, visit);
        }
      }
      for (ScriptedDelivery delivery : store.held()) {
        ledger.require(false, "%s is left with %s", delivery, delivery.visit());
      }
    }
  }

  private void closeAll() {
    for (Receiver receiver : world.receivers) {
      if (world.simulation.chance(50)) {
        world.user(world.actions.user(receiver), () -> world.actions.close(receiver));
      }
    }
    for (Sender sender : world.senders) {
      if (world.simulation.chance(50)) {
        world.user(sender.index, () -> world.actions.close(sender));
      }
    }
    for (int i = 0; i < World.CONNECTIONS; i++) {
      int connection = i;
      world.user(i, () -> world.close(connection));
    }
    world.simulation.run(LONG);
    requireQuiet();
    ledger.require(
        world.simulation.remains().isEmpty(), "Left behind: %s", world.simulation.remains());
    ledger.require(world.broker.alive().isEmpty(), "Links are left open: %s", world.broker.alive());
    for (Store store : world.broker.stores()) {
      ledger.require(store.visits().isEmpty(), "Consumers are left open: %s", store.visits());
    }
  }
}
