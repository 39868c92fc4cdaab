package io.anymq.core.model;

import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessageListener;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.core.Simulation;
import io.anymq.core.script.ScriptedDelivery;
import io.anymq.core.script.ScriptedDelivery.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Does the steps of a program. */
final class Actions {

  /** The default of connections. */
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(30);

  private final World world;
  private int subscriptions;

  Actions(World world) {
    this.world = world;
  }

  /** Has somebody begin a step. */
  void begin(Step step) {
    switch (step.kind()) {
      case PRODUCER -> producer(step);
      case CONSUMER -> consumer(step, false);
      case LISTENER -> consumer(step, true);
      case SUBSCRIBE -> subscribe(step);
      case SESSION -> session(step);
      case SESSION_PRODUCER -> sessionProducer(step);
      case SESSION_CONSUMER -> sessionConsumer(step);
      case SEND, SEND_ASYNC -> send(step);
      case RECEIVE, BATCH -> receive(step);
      case ACCEPT, RELEASE, REJECT -> settle(step);
      case COMMIT, ROLLBACK -> end(step);
      case INTERRUPT -> world.interrupt(step.a());
      case CALLBACK -> world.callbacks.arm(step);
      case REQUEST -> request(step);
      case CLOSE_CONSUMER, CLOSE_PRODUCER, CLOSE_SESSION, CLOSE_CONNECTION -> close(step);
      default -> fault(step);
    }
  }

  private void request(Step step) {
    Destination to = World.DESTINATIONS.get(step.b() % 3);
    Duration patience = Duration.ofMillis(step.c());
    boolean waits = step.c() % 2 == 0;
    user(step.a(), "request", () -> world.requesting.ask(step.a() % 2, to, patience, waits));
  }

  private void fault(Step step) {
    switch (step.kind()) {
      case CUT -> world.link(step.a()).ifPresent(link -> link.cut());
      case CUT_DURING -> world.link(step.a()).ifPresent(link -> link.cutDuring(step.b()));
      case SWALLOW -> swallow(step);
      case FAIL_CONNECT -> world.broker.connectFailures = step.a();
      case FAIL_CALLS -> world.broker.callFailures = step.a();
      case REFUSE -> world.broker.refuse(refused(step.a()), step.b(), step.c() > 0);
      case PASS -> world.simulation.run(Duration.ofMillis(step.a()));
      default -> {
        for (int left = step.a(); left > 0 && world.simulation.step(); left--) {
          // goes on
        }
      }
    }
  }

  private void swallow(Step step) {
    Duration cut = Duration.ofMillis(step.c());
    world.ledger.answersMissing |= cut.compareTo(SEND_TIMEOUT) > 0;
    world.link(step.a()).ifPresent(link -> link.swallow(step.b(), cut));
  }

  private static String refused(int number) {
    String queue = "q" + number / 2 % 4;
    return number % 2 == 0 ? queue : queue + ".dlq";
  }

  private void user(int user, String call, Runnable action) {
    world.user(
        user,
        () -> {
          try {
            action.run();
          } catch (MessagingException e) {
            world.refused(call, e);
          }
        });
  }

  // --- what is made

  private void producer(Step step) {
    Destination to = World.DESTINATIONS.get(step.b() % World.DESTINATIONS.size());
    Sender sender = new Sender(world.senders.size(), step.a(), to, null);
    world.senders.add(sender);
    user(
        sender.index,
        "createProducer",
        () -> sender.producer = world.connection(step.a()).createProducer(to));
  }

  private void consumer(Step step, boolean listens) {
    Destination from = World.DESTINATIONS.get(step.b() % 4);
    Receiver receiver = receiver(from, step.a(), step.c(), listens, null);
    ConsumerOptions options = receiver.taste.options(listens);
    user(
        receiver.index,
        "createConsumer",
        () ->
            receiver.consumer =
                listens
                    ? world
                        .connection(step.a())
                        .createConsumer((Queue) from, options, listener(receiver))
                    : world.connection(step.a()).createConsumer((Queue) from, options));
  }

  private Receiver receiver(
      Destination from, int connection, int taste, boolean listens, SessionOf session) {
    Taste likes = new Taste(taste, from.equals(World.KEYED), World.limit(from));
    Receiver made = new Receiver(world.receivers.size(), from, connection, likes, listens, session);
    made.banded = world.isBanded(from);
    world.receivers.add(made);
    world.ledger.joined(made);
    return made;
  }

  private void subscribe(Step step) {
    Destination from = World.DESTINATIONS.get(4 + step.b() / 8 % 2);
    boolean listens = step.b() % 2 == 1;
    int taste = step.b() / 2 % 4 >= 2 ? step.c() & ~0x30 : step.c();
    Receiver receiver = receiver(from, step.a(), taste, listens, null);
    SubscriptionOptions.Builder options = SubscriptionOptions.builder();
    switch (step.b() / 2 % 4) {
      case 1 -> options.durable("d" + ++subscriptions);
      case 2 -> options.durable("s").shared("s");
      case 3 -> {
        receiver.replays = true;
        options.replayFrom(Instant.EPOCH);
      }
      default -> {}
    }
    SubscriptionOptions built = options.consumer(receiver.taste.options(listens)).build();
    user(
        receiver.index,
        "subscribe",
        () ->
            receiver.consumer =
                listens
                    ? world.connection(step.a()).subscribe((Topic) from, built, listener(receiver))
                    : world.connection(step.a()).subscribe((Topic) from, built));
  }

  private void session(Step step) {
    SessionOf session = new SessionOf(step.a());
    world.sessions.add(session);
    user(
        world.sessions.size() - 1,
        "createSession",
        () -> session.session = world.connection(step.a()).createSession());
  }

  private void sessionProducer(Step step) {
    if (world.sessions.isEmpty()) {
      return;
    }
    int index = step.a() % world.sessions.size();
    SessionOf session = world.sessions.get(index);
    Destination to = World.DESTINATIONS.get(step.b() % World.DESTINATIONS.size());
    Sender sender = new Sender(index, session.connection, to, session);
    world.senders.add(sender);
    user(
        index,
        "Session.createProducer",
        () -> {
          if (session.session != null) {
            sender.producer = session.session.createProducer(to);
          }
        });
  }

  private void sessionConsumer(Step step) {
    if (world.sessions.isEmpty()) {
      return;
    }
    int index = step.a() % world.sessions.size();
    SessionOf session = world.sessions.get(index);
    Destination from = World.DESTINATIONS.get(step.b() % 3);
    Receiver receiver = receiver(from, session.connection, step.c(), false, session);
    user(
        index,
        "Session.createConsumer",
        () -> {
          if (session.session != null) {
            receiver.consumer =
                session.session.createConsumer((Queue) from, receiver.taste.options(false));
          }
        });
  }

  // --- what is done

  private void send(Step step) {
    if (world.senders.isEmpty()) {
      return;
    }
    Sender sender = world.senders.get(step.a() % world.senders.size());
    Terms terms = new Terms(step.c());
    for (int i = 0; i < step.b(); i++) {
      user(sender.index, "send", () -> send(sender, step.kind() == Step.Kind.SEND, terms));
    }
  }

  void send(Sender sender, boolean waits, Terms terms) {
    if (sender.producer == null) {
      return;
    }
    int number = sender.sent + 1;
    String text = "m" + world.senders.indexOf(sender) + "-" + number;
    Tracked sent = world.ledger.track(text, sender);
    Message message = world.message(sender, text, terms);
    try {
      if (waits && sender.session == null) {
        Message unused = sender.producer.send(message);
        world.ledger.confirmed(sent);
      } else {
        CompletableFuture<Void> unused =
            sender
                .producer
                .sendAsync(message)
                .handle(
                    (done, why) -> {
                      told(sent, why);
                      return null;
                    });
      }
    } catch (MessagingException e) {
      sent.unit.sends.remove(sent);
      world.ledger.failed(sent, e);
      throw e;
    }
  }

  private void told(Tracked sent, Throwable why) {
    if (why == null) {
      world.ledger.confirmed(sent);
    } else if (why instanceof MessagingException known) {
      world.ledger.failed(sent, known);
    } else {
      world.ledger.require(false, "%s failed with %s", sent, why);
    }
  }

  private void receive(Step step) {
    if (world.receivers.isEmpty()) {
      return;
    }
    Receiver receiver = world.receivers.get(step.a() % world.receivers.size());
    if (!receiver.listens) {
      user(user(receiver), "receive", () -> receive(receiver, step));
    }
  }

  int user(Receiver receiver) {
    return receiver.session == null ? receiver.index : world.sessions.indexOf(receiver.session);
  }

  private void receive(Receiver receiver, Step step) {
    if (receiver.consumer == null) {
      return;
    }
    List<Delivery> got =
        step.kind() == Step.Kind.BATCH
            ? receiver.consumer.receiveBatch(1 + step.b(), Duration.ofMillis(step.c()))
            : receiver.consumer.receive(Duration.ofMillis(step.b())).stream().toList();
    got.forEach(delivery -> got(receiver, delivery));
  }

  void got(Receiver receiver, Delivery delivery) {
    world.ledger.seen(receiver, delivery);
    if (receiver.isAutomatic()) {
      world.ledger.settles(delivery, Fate.ACCEPTED, Duration.ZERO, "");
    } else {
      receiver.held.add(delivery);
    }
    world.requesting.answer(receiver, delivery.message());
  }

  private void settle(Step step) {
    if (world.receivers.isEmpty()) {
      return;
    }
    Receiver receiver = world.receivers.get(step.a() % world.receivers.size());
    user(user(receiver), "settle", () -> settleIfOpen(receiver, step));
  }

  /** What a session had is decided when its connection closes. */
  private void settleIfOpen(Receiver receiver, Step step) {
    if (receiver.session == null || receiver.session.unit.state == Unit.State.OPEN) {
      settle(receiver, step);
    }
  }

  void settle(Receiver receiver, Step step) {
    if (receiver.held.isEmpty()) {
      return;
    }
    Delivery delivery = receiver.held.remove(step.b() % receiver.held.size());
    switch (step.kind()) {
      case ACCEPT -> {
        world.ledger.settles(delivery, Fate.ACCEPTED, Duration.ZERO, "");
        delivery.accept();
      }
      case REJECT -> {
        world.ledger.settles(delivery, Fate.REJECTED, Duration.ZERO, "bad");
        delivery.reject("bad");
      }
      default -> release(receiver, delivery, step.c());
    }
  }

  private void release(Receiver receiver, Delivery delivery, int delay) {
    if (delay < 0) {
      world.ledger.settles(delivery, Fate.RELEASED, receiver.taste.delay(), "");
      delivery.release();
    } else {
      world.ledger.settles(delivery, Fate.RELEASED, Duration.ofMillis(delay), "");
      ((ScriptedDelivery) Simulation.inbound(delivery)).delayAsked = true;
      delivery.release(Duration.ofMillis(delay));
    }
  }

  /** A listener that does this and that, as the message's text and its count say. */
  private MessageListener listener(Receiver receiver) {
    return delivery -> {
      world.ledger.seen(receiver, delivery);
      world.callbacks.message(receiver);
      world.requesting.answer(receiver, delivery.message());
      int mood = Math.floorMod(delivery.message().text().hashCode() + receiver.index, 8);
      if (receiver.taste.manual()) {
        receiver.held.add(delivery);
        return;
      }
      if (mood == 1 || mood == 2) {
        world.ledger.settles(delivery, Fate.RELEASED, receiver.taste.delay(), "");
        throw new IllegalArgumentException("The listener does not like it");
      } else if (mood == 3) {
        world.ledger.settles(delivery, Fate.REJECTED, Duration.ZERO, "bad");
        delivery.reject("bad");
      } else {
        if (mood == 4) {
          world.simulation.pause();
        }
        world.ledger.settles(delivery, Fate.ACCEPTED, Duration.ZERO, "");
      }
    };
  }

  private void end(Step step) {
    if (world.sessions.isEmpty()) {
      return;
    }
    int index = step.a() % world.sessions.size();
    SessionOf session = world.sessions.get(index);
    user(index, "commit", () -> end(session, step.kind() == Step.Kind.COMMIT));
  }

  void end(SessionOf session, boolean commits) {
    if (session.session == null) {
      return;
    }
    Unit unit = session.unit;
    session.unit = new Unit();
    unit.state = commits ? Unit.State.COMMITTING : Unit.State.ROLLED_BACK;
    unit.comesAgain(world.simulation);
    try {
      if (commits) {
        session.session.commit();
        committed(unit);
      } else {
        session.session.rollback();
        returned(unit);
      }
    } catch (MessagingException e) {
      boolean doubt = e.code() == io.anymq.ErrorCode.SEND_IN_DOUBT;
      unit.state = doubt ? Unit.State.IN_DOUBT : Unit.State.ROLLED_BACK;
      rolledBack(unit, e);
      returned(unit);
      world.refused("commit", e);
    }
    forget(session);
  }

  private void committed(Unit unit) {
    unit.state = Unit.State.COMMITTED;
    for (Tracked sent : unit.sends) {
      world.ledger.require(sent.stored > 0, "%s was committed, and is not there", sent);
    }
    for (ScriptedDelivery delivery : unit.deliveries) {
      boolean there = delivery.visit().isLive() && !delivery.isSettled();
      world.ledger.require(
          !there || delivery.fate != Fate.HELD, "%s was committed, and not settled", delivery);
    }
  }

  private void rolledBack(Unit unit, MessagingException why) {
    if (unit.state == Unit.State.ROLLED_BACK) {
      for (Tracked sent : unit.sends) {
        world.ledger.require(
            sent.stored == 0, "%s was rolled back (%s), and is there", sent, why.getMessage());
      }
    }
  }

  /** What a unit that was not committed had received comes again. */
  private void returned(Unit unit) {
    for (ScriptedDelivery delivery : unit.deliveries) {
      delivery.fate = Fate.RELEASED;
    }
  }

  private void forget(SessionOf session) {
    world.receivers.stream()
        .filter(receiver -> receiver.session == session)
        .forEach(receiver -> receiver.held.clear());
  }

  private void close(Step step) {
    switch (step.kind()) {
      case CLOSE_CONSUMER -> {
        if (!world.receivers.isEmpty()) {
          Receiver receiver = world.receivers.get(step.a() % world.receivers.size());
          int by = receiver.session == null ? step.b() : user(receiver);
          user(by, "close", () -> close(receiver));
        }
      }
      case CLOSE_PRODUCER -> {
        if (!world.senders.isEmpty()) {
          Sender sender = world.senders.get(step.a() % world.senders.size());
          user(step.b(), "close", () -> close(sender));
        }
      }
      case CLOSE_SESSION -> {
        if (!world.sessions.isEmpty()) {
          int index = step.a() % world.sessions.size();
          user(index, "close", () -> close(world.sessions.get(index)));
        }
      }
      default -> user(step.b(), "close", () -> world.close(step.a()));
    }
  }

  void close(Receiver receiver) {
    if (receiver.consumer != null) {
      receiver.consumer.close();
      receiver.closed = true;
    }
  }

  void close(Sender sender) {
    if (sender.producer != null) {
      sender.closed = true;
      sender.producer.close();
    }
  }

  void close(SessionOf session) {
    if (session.session != null) {
      session.unit.state = Unit.State.ROLLED_BACK;
      session.unit.comesAgainAtOnce();
      session.session.close();
      session.closed = true;
    }
  }
}
