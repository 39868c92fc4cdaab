package io.anymq.core;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a failure from ending what must go on: a thread, a task that is repeated, a close. The
 * application, an adapter and the machine may throw anything; a lack of threads, which is an Error,
 * often passes.
 */
final class Guard {

  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private Guard() {}

  /** Runs a task, and logs what it throws. */
  static void run(Runnable task) {
    run(task, e -> LOG.error("A task of the connection failed", e));
  }

  /** Runs a task, and reports what it throws to its owner. */
  static void run(Runnable task, Consumer<Throwable> owner) {
    try {
      task.run();
    } catch (Throwable e) { // see above
      report(e, owner);
    }
  }

  private static void report(Throwable failure, Consumer<Throwable> owner) {
    try {
      owner.accept(failure);
    } catch (Throwable e) { // a log that fails, too, must not end the thread
      failure.addSuppressed(e);
      logOnce(failure);
    }
  }

  private static void logOnce(Throwable failure) {
    try {
      LOG.error("A failure could not be reported", failure);
    } catch (Throwable e) {
      // There is nobody left to tell.
    }
  }

  /**
   * Runs each of these steps, whatever becomes of the others, and then throws the first failure.
   */
  static void all(Runnable... steps) {
    Throwable[] first = new Throwable[1];
    for (Runnable step : steps) {
      run(step, e -> first[0] = firstOf(first[0], e));
    }
    if (first[0] != null) {
      throw unchecked(first[0]);
    }
  }

  private static Throwable firstOf(@Nullable Throwable first, Throwable next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }

  /** The failure of a task, to be thrown again; a task throws nothing that is checked. */
  static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
  }

  /** An object's text; what the application has thrown may not be able to tell its own. */
  static String text(Object about) {
    try {
      return about.toString();
    } catch (Throwable e) { // see above
      return about.getClass().getName()
          + " (its toString failed with "
          + e.getClass().getName()
          + ")";
    }
  }
}
