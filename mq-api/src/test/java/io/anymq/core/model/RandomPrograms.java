package io.anymq.core.model;

import io.anymq.core.Simulation;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs random programs for a while: {@code RandomPrograms SECONDS [FIRST SEED]}. */
public final class RandomPrograms {

  private RandomPrograms() {}

  /** Runs programs, and ends with 1 when the core violates the model. */
  public static void main(String[] args) throws InterruptedException {
    int seconds = Integer.parseInt(args[0]);
    long first = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    boolean[] found = new boolean[1];
    Simulation.direct(
        Duration.ofSeconds(seconds + 600L),
        () -> found[0] = run(Duration.ofSeconds(seconds), first));
    System.exit(found[0] ? 1 : 0);
  }

  @SuppressWarnings("SystemOut")
  private static boolean run(Duration time, long first) {
    long begin = System.nanoTime();
    long seed = first;
    for (; System.nanoTime() - begin < time.toNanos(); seed++) {
      Program program = ProgramGenerator.program(seed);
      java.util.List<String> violations = program.run();
      if (!violations.isEmpty()) {
        System.out.println("Seed " + seed + ": " + violations);
        System.out.printf(
            "%d programs, %d ms%n",
            seed - first + 1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        if (!Boolean.getBoolean("noshrink")) {
          Program small = Shrinker.shrink(program, violations.get(0));
          System.out.println(small.toJava() + "\n" + small.run());
        }
        return true;
      }
    }
    System.out.printf("%d programs, from seed %d: nothing found%n", seed - first, first);
    return false;
  }
}
