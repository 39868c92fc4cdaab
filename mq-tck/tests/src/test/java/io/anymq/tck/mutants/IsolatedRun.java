package io.anymq.tck.mutants;

import io.anymq.tck.TckRun;
import io.anymq.tck.reference.MemoryHarness;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Loaded anew with all of AnyMQ, one of its classes changed; speaks to the outside in strings. */
public final class IsolatedRun implements BiFunction<String, Map<String, String>, List<String>> {

  /** For the other side, which cannot name this class. */
  public IsolatedRun() {}

  @Override
  public List<String> apply(String rule, Map<String, String> options) {
    Verdict verdict = Verdict.of(rule, () -> TckRun.open(new MemoryHarness(options)));
    return List.of(verdict.outcome(), verdict.message());
  }
}
