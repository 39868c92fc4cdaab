package io.anymq.tck.mutants;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a faulty API does with the calls to it. */
@FunctionalInterface
interface Fault {

  /**
   * Answers a call, rightly or wrongly.
   *
   * @throws Throwable what the call throws
   */
  @Nullable Object answer(Call call) throws Throwable;

  /** Answers calls of one method badly, and lets the others pass. */
  static Fault of(Class<?> type, String method, Fault bad) {
    return call -> call.is(type, method) ? bad.answer(call) : call.proceed();
  }

  /** Calls of these methods do nothing. */
  static Fault skips(Class<?> type, String... methods) {
    Set<String> skipped = Set.of(methods);
    return call ->
        skipped.stream().anyMatch(method -> call.is(type, method)) ? null : call.proceed();
  }

  /** A listener's and a caller's failure alike are forgotten. */
  static Fault swallows(Class<?> type, String method, @Nullable Object instead) {
    return of(
        type,
        method,
        call -> {
          try {
            return call.proceed();
          } catch (RuntimeException e) {
            return instead;
          }
        });
  }
}
