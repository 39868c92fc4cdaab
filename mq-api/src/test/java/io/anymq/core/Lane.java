package io.anymq.core;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Tasks of a simulation that run one after the other, each at a moment that the seed chooses. */
public final class Lane {

  private final Simulation simulation;
  private final String name;
  private final boolean blocking;
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  /** The thread that works here, from the first task on, where tasks may wait. */
  private @Nullable Actor worker;

  private @Nullable Runnable current;

  Lane(Simulation simulation, String name, boolean blocking) {
    this.simulation = simulation;
    this.name = name;
    this.blocking = blocking;
  }

  /** Runs a task after those that were given before. */
  public void add(Runnable task) {
    tasks.add(task);
  }

  /** Drops what has not begun. */
  public void clear() {
    tasks.clear();
  }

  /** Whether nothing waits here, and nothing runs. */
  public boolean isIdle() {
    return tasks.isEmpty() && !isBusy();
  }

  /** Whether a task runs, and waits for something. */
  public boolean isBusy() {
    return current != null;
  }

  /** Interrupts the task that runs, if one does. */
  public void interrupt() {
    if (isBusy() && worker != null) {
      worker.interrupt();
    }
  }

  boolean isReady() {
    return !tasks.isEmpty() && !isBusy();
  }

  /** Whether the present thread works here. */
  boolean isCurrent() {
    return worker != null && Thread.currentThread() == worker;
  }

  String name() {
    return name;
  }

  /** Begins the next task. */
  void step() {
    Runnable task = tasks.remove();
    if (!blocking) {
      simulation.guarded(name, task);
      return;
    }
    current = task;
    Actor actor = worker;
    if (actor == null) {
      actor = new Actor(simulation, name, this::work);
      worker = actor;
      actor.start();
    }
    simulation.resume(actor);
  }

  private void work() {
    while (true) {
      try {
        requireNonNull(current).run();
      } catch (RuntimeException | AssertionError e) {
        simulation.failed("A task of " + name + " failed", e);
      }
      current = null;
      ((Actor) Thread.currentThread()).rest(() -> current != null);
    }
  }

  /** Whether this is the thread that works here, and has nothing to do. */
  boolean isIdle(Actor actor) {
    return actor == worker && current == null;
  }

  @Override
  public String toString() {
    return name + " (" + tasks.size() + (isBusy() ? ", busy)" : ")");
  }
}
