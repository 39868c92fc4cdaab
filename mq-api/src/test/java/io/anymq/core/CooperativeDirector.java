package io.anymq.core;

import static java.util.Objects.requireNonNull;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The thread of a {@link Simulation} that chooses who runs. It does what never waits by itself. */
final class CooperativeDirector extends CooperativeThread {

  private final Runnable body;
  private @Nullable Simulation simulation;
  private volatile @Nullable Throwable failure;

  CooperativeDirector(Runnable body) {
    super("director");
    this.body = body;
    setDaemon(true);
  }

  void lead(Simulation next) {
    simulation = next;
  }

  @Override
  public void run() {
    try {
      body.run();
    } catch (Throwable e) { // the test's thread throws it
      failure = e;
    }
  }

  void rethrow() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  @Override
  long nanoTime() {
    return requireNonNull(simulation).nanoTime();
  }

  @Override
  long epochMillis() {
    return requireNonNull(simulation).epochMillis();
  }

  @Override
  long random(long bound) {
    return requireNonNull(simulation).random(bound);
  }

  @Override
  boolean hasEnded() {
    return false;
  }

  @Override
  boolean await(BooleanSupplier done, long deadline) {
    if (!done.getAsBoolean()) {
      throw new IllegalStateException("This would block a thread that must never block");
    }
    return true;
  }
}
