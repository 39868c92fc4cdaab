package io.anymq.kafka;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.TckSuite;

/** Every rule of the kit, against the adapter and a real broker. */
final class KafkaTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new KafkaHarness();
  }
}
