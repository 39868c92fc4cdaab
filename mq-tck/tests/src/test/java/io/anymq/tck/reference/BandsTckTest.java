package io.anymq.tck.reference;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.TckSuite;
import java.util.List;
import java.util.Map;

/** The reference adapter as if it knew no priorities, with commits in one step. */
class BandsTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new MemoryHarness(Map.of("priority-by-bands", "true"));
  }

  @Override
  protected List<Rule> rules() {
    return RuleCatalogue.kit().select(List.of("DEST", "DEPTH", "TX", "SEL", "CAP-20"));
  }
}
