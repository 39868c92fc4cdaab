package io.anymq.tck.scenario;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Checks that fail with a sentence: expected this, saw that, check there. */
public final class Check {

  /**
   * How long an event that must happen is waited for: long enough for a broker on a busy machine,
   * and spent only when a rule fails. 15 seconds, or what {@code -Danymq.tck.limit-seconds} says.
   */
  public static final Duration LIMIT =
      Duration.ofSeconds(Integer.getInteger("anymq.tck.limit-seconds", 15));

  private static final long POLL_MILLIS = 5;

  /** An action that may throw. */
  @FunctionalInterface
  public interface Action {
    /**
     * Does it.
     *
     * @throws Exception what it throws
     */
    void run() throws Exception;
  }

  private Check() {}

  /** Fails unless it holds. */
  public static void that(boolean holds, String expected, @Nullable Object seen, String check) {
    if (!holds) {
      throw new RuleFailure(expected, String.valueOf(seen), check);
    }
  }

  /** Fails unless the two are equal. */
  public static void equal(
      @Nullable Object expected, @Nullable Object seen, String what, String check) {
    that(Objects.equals(expected, seen), what + " to be " + expected, seen, check);
  }

  /** Fails at once. */
  public static RuleFailure failure(String expected, @Nullable Object seen, String check) {
    return new RuleFailure(expected, String.valueOf(seen), check);
  }

  /** Fails unless the action throws that exception; returns it. */
  public static <T extends Throwable> T refused(
      Class<T> kind, Action action, String what, String check) {
    String expected = what + " to fail with " + kind.getSimpleName();
    try {
      action.run();
    } catch (Exception e) {
      Throwable thrown = unwrapped(e);
      if (kind.isInstance(thrown)) {
        return kind.cast(thrown);
      }
      throw new RuleFailure(expected, thrown, check);
    }
    throw new RuleFailure(expected, "that it succeeded", check);
  }

  /** Fails unless the action throws a messaging exception with one of these codes; returns it. */
  public static MessagingException refused(
      Action action, String what, String check, ErrorCode... codes) {
    MessagingException thrown = refused(MessagingException.class, action, what, check);
    for (ErrorCode code : codes) {
      if (thrown.code() == code) {
        return thrown;
      }
    }
    String expected = what + " to fail with the code " + java.util.Arrays.toString(codes);
    throw new RuleFailure(expected, thrown, check);
  }

  /** Waits until it holds; fails when that takes longer than {@link #LIMIT}. */
  public static void eventually(
      BooleanSupplier holds, String expected, Supplier<?> seen, String check) {
    eventually(LIMIT, holds, expected, seen, check);
  }

  /** Waits until it holds; fails when that takes longer than the limit. */
  public static void eventually(
      Duration limit, BooleanSupplier holds, String expected, Supplier<?> seen, String check) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new RuleFailure(
            expected + " within " + limit.toMillis() + " ms", String.valueOf(seen.get()), check);
      }
      pause();
    }
  }

  /** Waits for a future; fails when it fails or takes longer than {@link #LIMIT}. */
  public static <T> T completes(Future<T> future, String what, String check) {
    String expected = what + " to complete";
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RuleFailure(expected, "nothing for " + LIMIT.toSeconds() + " s", check);
    } catch (ExecutionException e) {
      throw new RuleFailure(expected, unwrapped(e), check);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RuleFailure(expected, "the scenario was interrupted", check);
    }
  }

  /**
   * Waits for a future, at most {@link #LIMIT}, and throws what it failed with.
   *
   * @throws Exception what the future failed with
   */
  public static <T> T outcome(Future<T> future) throws Exception {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }

  /** Fails unless the action ends within the limit; returns what it returns. */
  public static <T> T within(Duration limit, Callable<T> action, String what, String check)
      throws Exception {
    long begun = System.nanoTime();
    T result = action.call();
    long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    that(
        millis <= limit.toMillis(),
        what + " to take at most " + limit.toMillis() + " ms",
        millis + " ms",
        check);
    return result;
  }

  private static Throwable unwrapped(Throwable thrown) {
    boolean wrapper = thrown instanceof ExecutionException || thrown instanceof CompletionException;
    Throwable cause = thrown.getCause();
    return wrapper && cause != null ? cause : thrown;
  }

  static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RuleFailure("the wait to go on", "the scenario was interrupted", "its time limit");
    }
  }
}
