package io.anymq.tck;

import io.anymq.tck.scenario.Scenarios;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All rules, in the order of their areas and numbers. Immutable. */
public final class RuleCatalogue {

  private static final RuleCatalogue KIT = load(Scenarios.classes());

  private final Map<String, Rule> rules;

  private RuleCatalogue(Map<String, Rule> rules) {
    this.rules = rules;
  }

  /** The kit's rules. */
  public static RuleCatalogue kit() {
    return KIT;
  }

  /** All rules, in order. */
  public List<Rule> rules() {
    return List.copyOf(rules.values());
  }

  /**
   * One rule.
   *
   * @param id its number
   * @return the rule, or empty when there is none
   */
  public Optional<Rule> find(String id) {
    return Optional.ofNullable(rules.get(id));
  }

  /**
   * The rules whose number, or the area before the dash, is among these words.
   *
   * @param words numbers and areas: {@code SEND}, {@code TX-03}
   * @return the rules, in order
   * @throws IllegalArgumentException when a word means none
   */
  public List<Rule> select(List<String> words) {
    List<Rule> selected = new ArrayList<>();
    for (String word : words) {
      List<Rule> meant =
          rules.values().stream()
              .filter(rule -> rule.id().equals(word) || rule.area().equals(word))
              .toList();
      if (meant.isEmpty()) {
        throw new IllegalArgumentException("There is no rule and no area of rules '" + word + "'");
      }
      selected.addAll(meant);
    }
    return selected.stream().distinct().toList();
  }

  private static RuleCatalogue load(List<Class<?>> classes) {
    Map<String, Map<String, Rule>> areas = new LinkedHashMap<>();
    for (Class<?> each : classes) {
      for (Method method : each.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Scenario.class)) {
          Rule rule = Rule.of(method);
          Rule twin =
              areas.computeIfAbsent(rule.area(), area -> new TreeMap<>()).put(rule.id(), rule);
          requireUnique(rule, twin);
        }
      }
    }
    Map<String, Rule> rules = new LinkedHashMap<>();
    areas.values().forEach(rules::putAll);
    return new RuleCatalogue(rules);
  }

  private static void requireUnique(Rule rule, @Nullable Rule twin) {
    if (twin != null) {
      throw new IllegalStateException(
          "Two scenarios have the number %s: %s"
              .formatted(rule.id(), Arrays.asList(rule.scenario(), twin.scenario())));
    }
  }
}
