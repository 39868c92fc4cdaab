package io.anymq.tck;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The kit as JUnit tests: extend it in an adapter's tests, give it the adapter's harness, and every
 * rule is a test with its number and title. A rule that is not run is a failure, unless {@code
 * -Danymq.tck.allow-missing=true} says that brokers may be missing: then it is an aborted test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TckSuite {

  /** Set to {@code true} where brokers may be missing. */
  public static final String ALLOW_MISSING = "anymq.tck.allow-missing";

  /** A regular expression of the ids of the rules to run, while one works on them. Default: all. */
  public static final String RULES = "anymq.tck.rules";

  private @Nullable TckRun run;

  /** For subclasses. */
  protected TckSuite() {}

  /** The harness of the backend to test. */
  protected abstract BackendHarness harness();

  /** The rules to run. Default: all. */
  protected List<Rule> rules() {
    return RuleCatalogue.kit().rules();
  }

  /** One test for each rule, in order. The limit is for the broker's start alone. */
  @TestFactory
  @Timeout(240)
  final Stream<DynamicTest> everyRule() {
    TckRun opened = TckRun.open(harness());
    run = opened;
    Pattern wanted = Pattern.compile(System.getProperty(RULES, ".*"));
    return rules().stream()
        .filter(rule -> wanted.matcher(rule.id()).matches())
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.id() + " " + rule.title(), () -> judge(opened, opened.run(rule))));
  }

  /** Ends the run. */
  @AfterAll
  final void closeRun() {
    if (run != null) {
      run.close();
    }
  }

  private static void judge(TckRun run, RuleResult result) {
    switch (result.outcome()) {
      case PASSED, REFUSED -> {
        // The rule holds, or does not apply and its refusal was verified.
      }
      case FAILED -> Assertions.fail(failure(run, result));
      case NOT_RUN -> {
        Assumptions.assumeFalse(Boolean.getBoolean(ALLOW_MISSING), "Not run: " + result.message());
        Assertions.fail("Not run: " + result.message());
      }
    }
  }

  private static String failure(TckRun run, RuleResult result) {
    Rule rule = result.rule();
    String log = run.broker().map(broker -> broker.logTail()).orElse("");
    return "%s %s%nIntent: %s%n%s%s"
        .formatted(
            rule.id(),
            rule.title(),
            rule.intent(),
            result.message(),
            log.isEmpty() ? "" : "%n%nThe broker's log ends:%n%s".formatted(log));
  }
}
