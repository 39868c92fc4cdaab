package io.anymq.tck.reference;

import io.anymq.Capability;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.TckSuite;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The reference adapter with nothing declared that can be left out: every refusal is verified. */
class WithheldTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    String all =
        Arrays.stream(Capability.values()).map(Enum::name).collect(Collectors.joining(","));
    return new MemoryHarness(Map.of("withhold", all));
  }

  @Override
  protected List<Rule> rules() {
    return RuleCatalogue.kit().select(List.of("CAP", "DEPTH-01", "TOPIC-20", "RECOV-22"));
  }
}
