package io.anymq.core;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

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
  private final Lane burials;
  private final Lane watch;
  private final Completions completions = new Completions(new Workers());
  private final Set<Thread> workers = new LinkedHashSet<>();
  private int listeners;
  private boolean down;
  private boolean completionsEnded;

  SimulatedThreads(Simulation simulation, String name) {
    super(name);
    this.simulation = simulation;
    this.name = name;
    timer = simulation.lane(name + "-timer");
    settlements = simulation.lane(name + "-settlements");
    maintenance = simulation.blockingLane(name + "-maintenance");
    chores = simulation.blockingLane(name + "-chores");
    events = simulation.blockingLane(name + "-events");
    burials = simulation.lane(name + "-burials");
    watch = simulation.lane(name + "-watch");
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
    return workers.contains(Thread.currentThread());
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
  void bury(Runnable task) {
    if (down) {
      task.run();
    } else {
      burials.add(task);
    }
  }

  @Override
  void complete(Runnable task) {
    completions.execute(task);
  }

  /** Workers of completions, each with a thread of its own. */
  private final class Workers implements Completions.Pool {

    @Override
    public void start(Runnable worker) {
      if (isShutdown()) {
        throw new RejectedExecutionException("The connection has ended");
      }
      Thread[] own = new Thread[1];
      own[0] =
          new Actor(
              simulation,
              name + "-completions",
              () -> {
                worker.run();
                workers.remove(own[0]);
              });
      workers.add(own[0]);
      own[0].start();
    }

    @Override
    public boolean isShutdown() {
      return completionsEnded;
    }

    @Override
    public void after(Duration delay, Runnable look) {
      simulation.background(delay, watch, look);
    }

    @Override
    public boolean end(Deadline deadline) throws InterruptedException {
      completionsEnded = true;
      return ((CooperativeThread) Thread.currentThread())
          .await(() -> workers.stream().allMatch(this::isOver), deadline.nanos());
    }

    private boolean isOver(Thread worker) {
      return worker == Thread.currentThread();
    }
  }

  @Override
  void unlessDone(CompletableFuture<?> future, Duration delay, Runnable task) {
    simulation.background(
        delay,
        timer,
        () -> {
          if (!down && !future.isDone()) {
            task.run();
          }
        });
  }

  @Override
  Thread bandThread(Runnable task) {
    return new Actor(simulation, name + "-bands", task);
  }

  @Override
  void beside(Runnable task) {
    new Actor(simulation, name + "-bands-helper", task).start();
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
  Thread closerThread(Runnable task) {
    return new Actor(simulation, name + "-closer", task);
  }

  @Override
  boolean isOwn() {
    return Thread.currentThread().getName().startsWith(name + "-");
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
      boolean unused = completions.end(last);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isIdle() {
    return List.of(maintenance, chores, events).stream()
        .allMatch(lane -> lane.isIdle() || lane.isCurrent());
  }
}
