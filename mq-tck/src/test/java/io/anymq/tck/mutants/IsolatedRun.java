package io.anymq.tck.mutants;

import io.anymq.tck.TckRun;
import io.anymq.tck.reference.MemoryHarness;
import java.util.List;
import java.util.function.Function;

/** Loaded anew with all of AnyMQ, one of its classes changed; speaks to the outside in strings. */
public final class IsolatedRun implements Function<String, List<String>> {

  /** For the other side, which cannot name this class. */
  public IsolatedRun() {}

  @Override
  public List<String> apply(String rule) {
    Verdict verdict = Verdict.of(rule, () -> TckRun.open(new MemoryHarness()));
    return List.of(verdict.outcome(), verdict.message());
  }
}
