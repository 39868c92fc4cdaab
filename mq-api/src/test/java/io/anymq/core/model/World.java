package io.anymq.core.model;

import io.anymq.Connection;
import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.core.Lane;
import io.anymq.core.Simulation;
import io.anymq.core.script.Profile;
import io.anymq.core.script.ScriptedBroker;
import io.anymq.core.script.ScriptedLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A broker, two connections to it and some users: what a program runs in. */
final class World {

  static final int CONNECTIONS = 2;
  static final int USERS = 4;

  static final List<Destination> DESTINATIONS =
      List.of(
          Queue.of("q0"),
          Queue.of("q1"),
          Queue.of("q2"),
          Queue.of("q3"),
          Topic.of("t0"),
          Topic.of("t1"));

  /** The queue whose consumers keep the order of keys. */
  static final Destination KEYED = DESTINATIONS.get(3);

  /** The queue with priorities, where the broker leaves those to the core. */
  static final Queue PRIORITIZED = (Queue) DESTINATIONS.get(1);

  final Simulation simulation;
  final ScriptedBroker broker;
  final Ledger ledger;
  final List<Connection> connections = new ArrayList<>();
  final List<Sender> senders = new ArrayList<>();
  final List<Receiver> receivers = new ArrayList<>();
  final List<SessionOf> sessions = new ArrayList<>();
  private final List<Lane> users = new ArrayList<>();
  private final boolean[] closed = new boolean[CONNECTIONS];
  final Actions actions;
  final Callbacks callbacks = new Callbacks(this);
  final Requesting requesting = new Requesting(this);

  World(Simulation simulation, Profile profile) {
    this.simulation = simulation;
    ledger = new Ledger(simulation);
    broker = new ScriptedBroker(simulation, profile, ledger);
    for (int i = 0; i < USERS; i++) {
      users.add(simulation.blockingLane("user " + i));
    }
    actions = new Actions(this);
  }

  /** How often a message of a destination may be delivered. */
  static int limit(Destination destination) {
    return destination.name().equals("q1") ? 2 : destination.name().equals("q2") ? 3 : 10;
  }

  static String name(int connection) {
    return "c" + connection;
  }

  List<String> run(List<Step> steps) {
    try {
      connect();
      for (Step step : steps) {
        actions.begin(step);
        for (int left = simulation.random(10); left > 0 && simulation.step(); left--) {
          // goes on
        }
        if (broken()) {
          break;
        }
      }
      if (!broken()) {
        new Finale(this).run();
      }
    } catch (RuntimeException | AssertionError e) {
      ledger.require(false, "The run ended with %s at %s", e, List.of(e.getStackTrace()));
    } finally {
      simulation.abandon();
    }
    List<String> all = new ArrayList<>(ledger.violations());
    all.addAll(simulation.failures());
    return all;
  }

  boolean broken() {
    return !ledger.violations().isEmpty() || !simulation.failures().isEmpty();
  }

  private void connect() {
    Options options =
        Options.none()
            .with(ConnectionOptions.RECOVERY_MIN_PAUSE, Duration.ofMillis(10))
            .with(ConnectionOptions.RECOVERY_MAX_PAUSE, Duration.ofMillis(200))
            .with(ConnectionOptions.SEND_WINDOW, 4);
    for (int i = 0; i < CONNECTIONS; i++) {
      String name = name(i);
      user(
          i,
          () ->
              connections.add(
                  simulation.open(broker, options, (any, state, why) -> event(any), name)));
      simulation.run(Duration.ofMillis(1));
    }
    if (broker.profile().bands()) {
      ledger.banded.add(PRIORITIZED);
      user(
          0,
          () ->
              connection(0).declare(PRIORITIZED, QueueOptions.builder().prioritized(true).build()));
      simulation.run(Duration.ofMillis(1));
    }
  }

  boolean isBanded(Destination destination) {
    return ledger.banded.contains(destination);
  }

  /** The first events come before the program has the connection. */
  private void event(Connection about) {
    if (connections.contains(about)) {
      callbacks.event(connections.indexOf(about));
    }
  }

  /** Whether the program itself knows a destination; the replies' addresses are the core's. */
  static boolean isKnown(Destination destination) {
    return DESTINATIONS.contains(destination);
  }

  Connection connection(int index) {
    return connections.get(index % CONNECTIONS);
  }

  Optional<ScriptedLink> link(int connection) {
    return broker.link(name(connection % CONNECTIONS));
  }

  /** Has a user do something, after what it does already. */
  void user(int user, Runnable action) {
    users.get(user % USERS).add(action);
  }

  /** Interrupts what a user does, if it does something. */
  void interrupt(int user) {
    users.get(user % USERS).interrupt();
  }

  /** Whether all users are through with what they were to do. */
  boolean isQuiet() {
    return users.stream().allMatch(Lane::isIdle);
  }

  Message message(Sender by, String text, Terms terms) {
    Message.Builder message =
        Message.builder().text(text).property("even", by.sent % 2 == 0 ? "y" : "n");
    if (by.to.equals(KEYED)) {
      message.key("k" + by.sent % 2);
    }
    if (isBanded(by.to)) {
      message.priority(by.sent * 7 % 10);
    }
    terms.apply(by.to, message);
    return message.build();
  }

  /** What a user's call may end with. */
  void refused(String call, MessagingException why) {
    boolean expected =
        switch (why.code()) {
          case CLOSED,
              CONNECTION_LOST,
              TIMEOUT,
              SUBSCRIPTION_IN_USE,
              QUEUE_FULL,
              ACCESS_REFUSED,
              SEND_IN_DOUBT,
              ROLLED_BACK ->
              true;
          case INTERRUPTED -> Thread.currentThread().isInterrupted();
          default -> false;
        };
    ledger.require(expected, "%s ended with %s: %s", call, why.code(), why.getMessage());
  }

  /** Whether a consumer is there, and should get what comes. */
  boolean isOpen(Receiver receiver) {
    return receiver.consumer != null
        && !receiver.closed
        && !closed[receiver.connection % CONNECTIONS]
        && (receiver.session == null || !receiver.session.closed);
  }

  boolean isOpen(Sender sender) {
    return !sender.closed && !closed[sender.connection % CONNECTIONS];
  }

  void close(int connection) {
    sessions.stream()
        .filter(session -> session.connection % CONNECTIONS == connection % CONNECTIONS)
        .filter(session -> session.unit.state == Unit.State.OPEN)
        .forEach(
            session -> {
              session.unit.state = Unit.State.ROLLED_BACK;
              session.unit.comesAgainAtOnce();
            });
    connection(connection).close();
    closed[connection % CONNECTIONS] = true;
  }
}
