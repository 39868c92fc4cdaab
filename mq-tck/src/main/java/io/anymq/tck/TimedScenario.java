package io.anymq.tck;

import io.anymq.tck.scenario.RuleFailure;
import io.anymq.tck.scenario.ScenarioContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Runs a scenario in a thread of its own, with a hard limit, and clears up behind it. */
final class TimedScenario {

  private static final Duration CLEAN_UP_LIMIT = Duration.ofSeconds(40);
  private static final int FRAMES = 12;

  /** What a scenario does. */
  @FunctionalInterface
  interface Body {
    void run() throws Exception;
  }

  private TimedScenario() {}

  /** Runs it; returns why it failed, or nothing when it passed. */
  static Optional<String> run(Rule rule, ScenarioContext context, Body body) {
    Optional<String> failure = inThread("tck-" + rule.id(), body, rule.limit());
    Optional<String> afterwards =
        inThread("tck-" + rule.id() + "-clean-up", context::close, CLEAN_UP_LIMIT)
            .map(text -> "The scenario passed, and clearing up behind it failed: " + text);
    return failure.or(() -> afterwards);
  }

  private static Optional<String> inThread(String name, Body body, Duration limit) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread thread = new Thread(() -> complete(done, body), name);
    thread.setDaemon(true);
    thread.start();
    try {
      done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.empty();
    } catch (TimeoutException e) {
      String dump = dump(thread);
      thread.interrupt();
      return Optional.of(
          "It did not end within %d s; check what these threads wait for:%n%s"
              .formatted(limit.toSeconds(), dump));
    } catch (ExecutionException e) {
      return Optional.of(describe(e.getCause() == null ? e : e.getCause()));
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      return Optional.of("The run was interrupted");
    }
  }

  private static void complete(CompletableFuture<Boolean> done, Body body) {
    try {
      body.run();
      done.complete(true);
    } catch (Exception | AssertionError e) {
      done.completeExceptionally(e);
    } catch (Error e) {
      done.completeExceptionally(e);
      throw e;
    }
  }

  private static String describe(Throwable thrown) {
    if (thrown instanceof RuleFailure) {
      return String.valueOf(thrown.getMessage());
    }
    StringBuilder text = new StringBuilder("It broke with ").append(thrown);
    for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
      text.append(", caused by ").append(cause);
    }
    return text.append('\n').append(frames(thrown.getStackTrace())).toString();
  }

  private static String dump(Thread scenario) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().equals(scenario) || isOurs(each.getKey()))
        .filter(each -> each.getValue().length > 0)
        .map(TimedScenario::describe)
        .collect(Collectors.joining("\n"));
  }

  private static boolean isOurs(Thread thread) {
    return thread.getName().startsWith("anymq-") || thread.getName().startsWith("tck-scenario-");
  }

  private static String describe(Map.Entry<Thread, StackTraceElement[]> each) {
    return "\"%s\" %s%n%s"
        .formatted(each.getKey().getName(), each.getKey().getState(), frames(each.getValue()));
  }

  private static String frames(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .limit(FRAMES)
        .map(frame -> "    at " + frame)
        .collect(Collectors.joining("\n"));
  }
}
