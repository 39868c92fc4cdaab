package io.anymq.core;

import java.time.Duration;
import java.util.List;

/** A connection's threads, as lanes of a simulation. */
final class SimulatedThreads extends Threads {

  private static final Duration TICK = Duration.ofMillis(100);

  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Simulation simulation;
  private final String name;
  private final Lane timer;
  private final Lane settlements;
  private final Lane maintenance;
  private final Lane chores;
  private final Lane events;
  private final Lane completions;
  private int listeners;
  private boolean down;

  SimulatedThreads(Simulation simulation, String name) {
    super(name);
    this.simulation = simulation;
    this.name = name;
    timer = simulation.lane(name + "-timer");
    settlements = simulation.lane(name + "-settlements");
    maintenance = simulation.blockingLane(name + "-maintenance");
    chores = simulation.blockingLane(name + "-chores");
    events = simulation.blockingLane(name + "-events");
    completions = simulation.blockingLane(name + "-completions");
  }

  @Override
  void maintain(Runnable task) {
    add(maintenance, task);
  }

  @Override
  void chore(Runnable task) {
    add(chores, task);
  }

  @Override
  void tell(Runnable task) {
    add(events, task);
  }

  private void add(Lane lane, Runnable task) {
    if (!down) {
      lane.add(task);
    }
  }

  @Override
  boolean isTelling() {
    return events.isCurrent();
  }

  @Override
  boolean isCompleting() {
    return completions.isCurrent();
  }

  @Override
  void after(Duration delay, Runnable task) {
    later(delay, timer, task);
  }

  @Override
  void settleAfter(Duration delay, Runnable task) {
    later(delay, settlements, task);
  }

  private void later(Duration delay, Lane lane, Runnable task) {
    simulation.after(
        delay,
        lane,
        () -> {
          if (!down) {
            task.run();
          }
        });
  }

  @Override
  void complete(Runnable task) {
    completions.add(task);
  }

  @Override
  void everyTick(Runnable task) {
    simulation.background(
        TICK,
        timer,
        () -> {
          if (!down) {
            task.run();
            everyTick(task);
          }
        });
  }

  @Override
  Thread listenerThread(Runnable task) {
    return new Actor(simulation, name + "-listener-" + ++listeners, task);
  }

  @Override
  void closer(Runnable task) {
    new Actor(simulation, name + "-closer", task).start();
  }

  @Override
  void shutdown() {
    down = true;
  }

  @Override
  void end(Deadline deadline) {
    shutdown();
    Deadline last = deadline.plus(GRACE);
    try {
      ((CooperativeThread) Thread.currentThread()).await(this::isIdle, last.nanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isIdle() {
    return List.of(maintenance, chores, events, completions).stream()
        .allMatch(lane -> lane.isIdle() || lane.isCurrent());
  }
}
