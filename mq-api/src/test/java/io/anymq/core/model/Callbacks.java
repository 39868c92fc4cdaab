package io.anymq.core.model;

import io.anymq.Destination;
import io.anymq.MessagingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What a program does within the core's callbacks: a step names it, and the next message of a
 * listener, or the next event of a connection, does it.
 */
final class Callbacks {

  private final World world;
  private final Map<Integer, Deque<Runnable>> events = new HashMap<>();
  private final Map<Receiver, Deque<Runnable>> messages = new HashMap<>();

  Callbacks(World world) {
    this.world = world;
  }

  /** A connection from 0 on, or a listener, as -1 less its number; what; with what. */
  void arm(Step step) {
    if (step.a() >= 0) {
      int connection = step.a() % World.CONNECTIONS;
      add(events, connection, () -> act(connection, step));
      return;
    }
    Receiver[] listeners =
        world.receivers.stream().filter(each -> each.listens).toArray(Receiver[]::new);
    if (listeners.length > 0) {
      Receiver listener = listeners[(-1 - step.a()) % listeners.length];
      add(messages, listener, () -> act(listener.connection, step));
    }
  }

  /** What has not happened by now does not happen. */
  void disarm() {
    events.clear();
    messages.clear();
  }

  private static <K> void add(Map<K, Deque<Runnable>> all, K key, Runnable action) {
    all.computeIfAbsent(key, any -> new ArrayDeque<>()).add(action);
  }

  void event(int connection) {
    run(events.get(connection));
  }

  void message(Receiver listener) {
    run(messages.get(listener));
  }

  private void run(Deque<Runnable> armed) {
    Runnable next = armed == null ? null : armed.poll();
    if (next != null) {
      try {
        next.run();
      } catch (MessagingException e) {
        world.refused("a call within a callback", e);
      }
    }
  }

  private void act(int connection, Step step) {
    switch (step.b() % 5) {
      case 0, 1 -> send(connection, World.DESTINATIONS.get(step.c() % 6), step.b() % 5 == 0);
      case 2 -> {
        if (!world.receivers.isEmpty()) {
          world.actions.close(world.receivers.get(step.c() % world.receivers.size()));
        }
      }
      case 3 -> world.close(connection);
      default -> {
        if (!world.receivers.isEmpty()) {
          Receiver other = world.receivers.get(step.c() % world.receivers.size());
          if (other.session == null) {
            world.actions.settle(other, Step.of(Step.Kind.ACCEPT, 0, 0, 0));
          }
        }
      }
    }
  }

  /** With a producer of its own: what others send meanwhile has its own order. */
  private void send(int connection, Destination to, boolean waits) {
    Sender sender = new Sender(world.senders.size(), connection, to, null);
    world.senders.add(sender);
    sender.producer = world.connection(connection).createProducer(to);
    world.actions.send(sender, waits, Terms.NONE);
  }
}
