package io.anymq.tck;

import java.time.Duration;

/**
 * What came of one rule on one backend.
 *
 * @param rule the rule
 * @param outcome how it went
 * @param took how long it took
 * @param message a sentence; empty where there is nothing to say
 */
public record RuleResult(Rule rule, Outcome outcome, Duration took, String message) {

  /** How a rule can go. A failure is never turned into another of these. */
  public enum Outcome {
    /** The scenario found what the rule demands. */
    PASSED,
    /** It did not, or it took too long, or it broke. */
    FAILED,
    /** The backend does not declare what the rule needs, and refuses it as it must. */
    REFUSED,
    /** There was no broker, or none that lets the kit do what the scenario needs. */
    NOT_RUN
  }
}
