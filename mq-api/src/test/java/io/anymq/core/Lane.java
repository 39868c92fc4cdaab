package io.anymq.core;

import java.util.ArrayDeque;
import java.util.Deque;

/** Tasks of a simulation that run one after the other, each at a moment that the seed chooses. */
public final class Lane {

  private final Simulation simulation;
  private final String name;
  private final boolean blocking;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private Actor busy;

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
    return busy != null && !busy.hasEnded();
  }

  boolean isReady() {
    return !tasks.isEmpty() && !isBusy();
  }

  /** Whether the present thread works here. */
  boolean isCurrent() {
    return busy != null && Thread.currentThread() == busy;
  }

  String name() {
    return name;
  }

  /** Begins the next task. */
  void step() {
    Runnable task = tasks.remove();
    if (blocking) {
      busy = new Actor(simulation, name, task);
      busy.start();
      simulation.resume(busy);
    } else {
      simulation.guarded(name, task);
    }
  }

  @Override
  public String toString() {
    return name + " (" + tasks.size() + (isBusy() ? ", busy)" : ")");
  }
}
