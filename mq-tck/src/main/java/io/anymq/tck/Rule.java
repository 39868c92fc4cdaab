package io.anymq.tck;

import io.anymq.Capability;
import io.anymq.tck.broker.BrokerControl;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Set;

/**
 * A numbered rule with the scenario that checks it.
 *
 * @param id its number: {@code SEND-03}
 * @param title the rule in a few words
 * @param intent what it is for
 * @param needs what a connection must declare for it to apply
 * @param controls what the broker must let the kit do
 * @param limit how long the scenario may take
 * @param scenario the method that checks it
 */
public record Rule(
    String id,
    String title,
    String intent,
    Set<Capability> needs,
    Set<BrokerControl> controls,
    Duration limit,
    Method scenario) {

  static Rule of(Method method) {
    Scenario scenario = method.getAnnotation(Scenario.class);
    return new Rule(
        scenario.id(),
        scenario.title(),
        scenario.intent(),
        Set.of(scenario.needs()),
        Set.of(scenario.controls()),
        Duration.ofSeconds(scenario.limitSeconds()),
        method);
  }

  /** The area: what stands before the dash. */
  public String area() {
    return id.substring(0, id.indexOf('-'));
  }
}
