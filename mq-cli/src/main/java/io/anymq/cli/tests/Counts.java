package io.anymq.cli.tests;

/**
 * How many tests ran, as Surefire counts.
 *
 * @param tests all of them
 * @param failures those whose checks failed
 * @param errors those that broke
 * @param skipped those that were left out
 */
record Counts(int tests, int failures, int errors, int skipped) {

  static final Counts NONE = new Counts(0, 0, 0, 0);

  Counts plus(Counts other) {
    return new Counts(
        tests + other.tests,
        failures + other.failures,
        errors + other.errors,
        skipped + other.skipped);
  }

  int failed() {
    return failures + errors;
  }

  int passed() {
    return tests - failed() - skipped;
  }

  /** As Surefire closes a run. */
  String surefireLine() {
    return "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d"
        .formatted(tests, failures, errors, skipped);
  }

  /** As a person reads it. */
  String sentence() {
    if (tests == 0) {
      return "no tests";
    }
    return passed()
        + " passed"
        + (failed() == 0 ? "" : ", " + failed() + " FAILED")
        + (skipped == 0 ? "" : ", " + skipped + " skipped");
  }
}
