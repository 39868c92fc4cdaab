package io.anymq.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Makes a program smaller for as long as it still violates the same rule. */
final class Shrinker {

  /** A smaller program runs in another order; how many orders to try. */
  private static final int ORDERS = 25;

  /** Then the smallest program found is good enough. */
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);

  private Shrinker() {}

  static Program shrink(Program program, String violation) {
    String rule = rule(violation);
    long deadline = System.nanoTime() + LIMIT_NANOS;
    Program best = program;
    for (int size = best.steps().size() / 2;
        size > 0;
        size = Math.min(size, best.steps().size()) / 2) {
      boolean smaller = true;
      while (smaller) {
        Optional<Program> found = without(best, size, rule, deadline);
        smaller = found.isPresent();
        best = found.orElse(best);
      }
    }
    return best;
  }

  private static Optional<Program> without(Program program, int size, String rule, long deadline) {
    List<Step> steps = program.steps();
    for (int from = 0; from + size <= steps.size(); from += size) {
      List<Step> fewer = new ArrayList<>(steps.subList(0, from));
      fewer.addAll(steps.subList(from + size, steps.size()));
      for (int order = 0; order < ORDERS && System.nanoTime() - deadline < 0; order++) {
        Program candidate = program.with(program.seed() + order, fewer);
        if (candidate.run().stream().anyMatch(each -> rule(each).equals(rule))) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  /** A violation without what differs from program to program. */
  private static String rule(String violation) {
    return violation.replaceAll("'[^']*'|[0-9]+|\\([^)]*\\)", "").replaceAll("\\s+", " ");
  }
}
