package io.anymq.tck;

import io.anymq.Capability;
import io.anymq.tck.broker.BrokerControl;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method that checks a rule: static, with one parameter of type {@link
 * io.anymq.tck.scenario.ScenarioContext}. The rule's text is in {@code docs/spec.md}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Scenario {

  /** The rule's id: {@code SEND-03}. */
  String id();

  /** The rule in a few words. */
  String title();

  /** What the rule is for, in one line. */
  String intent();

  /**
   * What a connection must declare for the rule to apply. Where one is not declared, its refusal is
   * verified instead.
   */
  Capability[] needs() default {};

  /** What the broker must let the kit do to it. */
  BrokerControl[] controls() default {};

  /** How long it may take, in seconds; a scenario that takes longer fails. */
  int limitSeconds() default 60;
}
