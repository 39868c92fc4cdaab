package io.anymq.tck.reference;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;

/** The reference adapter passes every rule. */
class ReferenceTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new MemoryHarness();
  }
}
