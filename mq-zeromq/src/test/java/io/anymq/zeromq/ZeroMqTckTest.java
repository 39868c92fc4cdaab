package io.anymq.zeromq;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;

/** Every rule of the kit, against the adapter and a hub in a process of its own. */
final class ZeroMqTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new ZeroMqHarness();
  }
}
