package io.anymq.core.model;

import io.anymq.core.Simulation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Runs random programs: for a while, or those of given seeds. */
public final class RandomPrograms {

  /** What a run that has found something may take beyond its time, to make the program small. */
  private static final Duration SHRINKING = Duration.ofMinutes(5);

  private RandomPrograms() {}

  /** Runs programs for so many seconds, from a seed on: {@code RandomPrograms SECONDS [SEED]}. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws InterruptedException {
    long first = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    AtomicLong programs = new AtomicLong();
    Duration time = Duration.ofSeconds(Long.parseLong(args[0]));
    Optional<String> found = search(first, Long.MAX_VALUE, time, programs);
    System.out.printf(
        "%d programs from seed %d: %s%n", programs.get(), first, found.orElse("nothing found"));
    System.exit(found.isPresent() ? 1 : 0);
  }

  /** Runs so many programs, or for a while; what the first that violates the model says. */
  static Optional<String> search(long first, long most, Duration time, AtomicLong programs)
      throws InterruptedException {
    AtomicReference<String> found = new AtomicReference<>();
    Simulation.direct(
        time.plus(SHRINKING),
        () -> {
          long begin = System.nanoTime();
          while (found.get() == null
              && programs.get() < most
              && System.nanoTime() - begin < time.toNanos()) {
            found.set(check(first + programs.getAndIncrement()));
          }
        });
    return Optional.ofNullable(found.get());
  }

  /** Runs one program, on a director's thread; what it violates, or null. */
  static String check(long seed) {
    Program program = ProgramGenerator.program(seed);
    List<String> violations = program.run();
    if (violations.isEmpty()) {
      return null;
    }
    String first =
        "seed " + seed + " violates the model:\n    " + String.join("\n    ", violations);
    if (Boolean.getBoolean("anymq.model.whole")) {
      return first;
    }
    System.out.println(first); // in case that nobody waits for the end of what follows
    Program small = Shrinker.shrink(program, violations.get(0));
    return "%s%nThe smallest program found, as a test to paste:%n%s%nsays%n    %s"
        .formatted(first, small.toJava(), String.join("\n    ", small.run()));
  }

  /** The seeds that have failed once, one in a line, with what they showed behind a #. */
  static List<Long> seeds() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(RandomPrograms.class.getResourceAsStream("seeds.txt")),
                StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .map(line -> line.replaceAll("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .map(Long::valueOf)
          .toList();
    }
  }
}
