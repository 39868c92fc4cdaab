package io.anymq.activemq;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;

/** Every rule of the kit, against the adapter and a real broker. */
final class ActiveMqTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new ActiveMqHarness();
  }
}
