package io.anymq.tck.mutants;

import io.anymq.MessagingException;
import io.anymq.tck.TckRun;
import io.anymq.tck.reference.MemoryHarness;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The API with a fault in front of it, over the reference adapter.
 *
 * @param name what it does wrong
 * @param fault makes the fault, once for each run
 * @param options of the reference adapter
 * @param rules those that are meant to catch it
 * @param throwing what it throws at scenarios
 */
record ApiVariant(
    String name,
    Supplier<Fault> fault,
    Map<String, String> options,
    List<String> rules,
    Optional<Class<? extends MessagingException>> throwing)
    implements Variant {

  static ApiVariant of(String name, Fault fault, String... rules) {
    return stateful(name, () -> fault, rules);
  }

  static ApiVariant stateful(String name, Supplier<Fault> fault, String... rules) {
    return new ApiVariant(name, fault, Map.of(), List.of(rules), Optional.empty());
  }

  /** The same variant, which throws this at a scenario that expects nothing of the kind. */
  ApiVariant throwing(Class<? extends MessagingException> kind) {
    return new ApiVariant(name, fault, options, rules, Optional.of(kind));
  }

  @Override
  public Verdict judge(String rule) {
    FaultyApi api = new FaultyApi(fault.get());
    try {
      return Verdict.of(rule, () -> TckRun.open(new MemoryHarness(options), api::factory));
    } finally {
      api.close();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
