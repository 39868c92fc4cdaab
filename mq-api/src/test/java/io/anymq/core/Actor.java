package io.anymq.core;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** A thread of a {@link Simulation}. It runs when the simulation says so, and until it waits. */
final class Actor extends CooperativeThread {

  /** Ends an actor of a run that has been given up, wherever it waits. */
  static final class Abandoned extends Error {
    private static final long serialVersionUID = 1;
  }

  private final Simulation simulation;
  private final Runnable task;
  private final Semaphore turn = new Semaphore(0);
  private BooleanSupplier awaited = () -> true;
  private long deadline = Long.MAX_VALUE;
  private volatile boolean ended;
  private boolean begun;

  Actor(Simulation simulation, String name, Runnable task) {
    super(name);
    this.simulation = simulation;
    this.task = task;
    setDaemon(true);
  }

  /** Takes part from now on, and runs when it is chosen. */
  @Override
  public synchronized void start() {
    simulation.enter(this);
  }

  @Override
  public void run() {
    turn.acquireUninterruptibly();
    try {
      if (!simulation.isAbandoned()) {
        task.run();
      }
    } catch (Abandoned e) {
      // the run is over
    } catch (Throwable e) {
      simulation.failed(getName() + " ended with an exception", e);
    } finally {
      ended = true;
      simulation.back();
    }
  }

  /** Whether it could go on now. Asked while nobody else runs. */
  boolean isReady() {
    return awaited.getAsBoolean() || simulation.nanoTime() >= deadline || isInterrupted();
  }

  long deadline() {
    return deadline;
  }

  /** Lets it run until it waits or ends; called by the simulation. */
  void go() {
    if (!begun) {
      begun = true;
      super.start();
    }
    turn.release();
  }

  @Override
  boolean hasEnded() {
    return ended;
  }

  @Override
  long nanoTime() {
    return simulation.nanoTime();
  }

  @Override
  long epochMillis() {
    return simulation.epochMillis();
  }

  @Override
  long random(long bound) {
    return simulation.random(bound);
  }

  /** Waits for the next task, which no interrupt of the last one concerns. */
  void rest(BooleanSupplier next) {
    boolean unused = Thread.interrupted();
    try {
      unused = await(next, Long.MAX_VALUE);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts who has nothing to do", e);
    }
  }

  @Override
  boolean await(BooleanSupplier done, long until) throws InterruptedException {
    if (simulation.isAbandoned()) {
      throw new Abandoned();
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!done.getAsBoolean() && nanoTime() < until) {
      awaited = done;
      deadline = until;
      simulation.back();
      turn.acquireUninterruptibly();
      awaited = () -> true;
      deadline = Long.MAX_VALUE;
      if (simulation.isAbandoned()) {
        throw new Abandoned();
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return done.getAsBoolean();
  }
}
