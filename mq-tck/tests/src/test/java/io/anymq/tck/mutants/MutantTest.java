package io.anymq.tck.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every faulty variant fails the rules that are meant for it, with a sentence. A rule mostly waits
 * for what does not come, and has a broker of its own here, so many are judged at once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutantTest {

  /** Many more than processors: together they use a fifth of one. */
  private static final int AT_ONCE = 32;

  /**
   * These look at the threads of the whole JVM, or set its properties; they are judged when nothing
   * else runs.
   */
  private static final Set<String> ALONE = Set.of("LIFE-10", "LIFE-14", "ERR-08", "CONF-52");

  private final ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
  private final Map<String, Map<String, Future<Verdict>>> verdicts = new LinkedHashMap<>();

  static Stream<Variant> variants() {
    return Variant.all();
  }

  /** Alone first, then all others side by side; the tests wait for what they ask about. */
  @BeforeAll
  void judge() throws InterruptedException, ExecutionException {
    for (Variant variant : Variant.all().toList()) {
      for (String rule : variant.rules()) {
        if (ALONE.contains(rule)) {
          begin(variant, rule).get();
          LifeMutations.LeaksThread.endAll();
        }
      }
    }
    for (Variant variant : Variant.all().toList()) {
      for (String rule : variant.rules()) {
        if (!ALONE.contains(rule)) {
          var unused = begin(variant, rule);
        }
      }
    }
  }

  @AfterAll
  void end() {
    pool.shutdownNow();
  }

  private Future<Verdict> begin(Variant variant, String rule) {
    Future<Verdict> verdict = pool.submit(() -> variant.judge(rule));
    verdicts.computeIfAbsent(variant.name(), name -> new LinkedHashMap<>()).put(rule, verdict);
    return verdict;
  }

  /** The first tests wait while most variants are judged, of which some take a minute. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  @Timeout(180)
  void isCaught(Variant variant) throws InterruptedException, ExecutionException {
    List<String> unnoticed = new ArrayList<>();
    for (Map.Entry<String, Future<Verdict>> each :
        verdicts.getOrDefault(variant.name(), Map.of()).entrySet()) {
      Verdict verdict = each.getValue().get();
      if (!verdict.caught(variant.throwing())) {
        unnoticed.add(each.getKey() + ": " + verdict);
      }
    }
    assertThat(unnoticed)
        .as("rules that do not notice '%s' by their scenario's own checks", variant)
        .isEmpty();
  }
}
