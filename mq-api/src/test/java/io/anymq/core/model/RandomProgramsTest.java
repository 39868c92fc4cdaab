package io.anymq.core.model;

import static org.junit.jupiter.api.Assertions.fail;

import io.anymq.core.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The core keeps its contract in random programs over a scripted link. See docs/testing.md. */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class RandomProgramsTest {

  /** Every build runs the same programs, as many as it can in its time; a search is asked for. */
  private static final long FIRST = 20_261_130;

  private static final long PROGRAMS = 300;

  private static final @Nullable Long SEARCH_SECONDS = Long.getLong("anymq.model.seconds");
  private static final long SECONDS = SEARCH_SECONDS == null ? 30 : SEARCH_SECONDS;

  @Test
  void programsStayWithinTheModel() throws InterruptedException {
    long first =
        Long.getLong("anymq.model.seed", SEARCH_SECONDS == null ? FIRST : System.nanoTime());
    System.out.printf("Programs from seed %d on, for %d s%n", first, SECONDS);
    AtomicLong programs = new AtomicLong();
    Optional<String> found =
        RandomPrograms.search(
            first,
            SEARCH_SECONDS == null ? PROGRAMS : Long.MAX_VALUE,
            Duration.ofSeconds(SECONDS),
            programs);
    System.out.printf("%d programs from seed %d%n", programs.get(), first);
    found.ifPresent(
        what -> fail("Program %d from seed %d: %s".formatted(programs.get(), first, what)));
  }

  @Test
  void programsThatOnceFailedStayWithinTheModel() throws InterruptedException, IOException {
    List<Long> seeds = RandomPrograms.seeds();
    List<String> found = new ArrayList<>();
    Simulation.direct(
        Duration.ofMinutes(10),
        () ->
            seeds.stream()
                .map(RandomPrograms::check)
                .filter(what -> what != null)
                .forEach(found::add));
    if (!found.isEmpty()) {
      fail(String.join("\n", found));
    }
  }
}
