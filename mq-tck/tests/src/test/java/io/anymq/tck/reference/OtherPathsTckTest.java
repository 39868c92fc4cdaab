package io.anymq.tck.reference;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;
import java.util.Map;

/** The reference adapter by the core's other paths: hand-off, local release, buffered commits. */
class OtherPathsTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new MemoryHarness(
        Map.of(
            "dispatch",
            "hand-off",
            "native-release",
            "false",
            "atomic-commit",
            "false",
            "keys-by-turn",
            "true",
            "priority-by-bands",
            "true"));
  }
}
