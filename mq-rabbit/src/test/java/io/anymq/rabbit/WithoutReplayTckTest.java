package io.anymq.rabbit;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.TckSuite;
import java.util.List;
import java.util.Map;

/** The rules on topics where they keep nothing: plain subscriptions are queues then. */
final class WithoutReplayTckTest extends TckSuite {

  @Override
  protected BackendHarness harness() {
    return new RabbitHarness(Map.of());
  }

  @Override
  protected List<Rule> rules() {
    return RuleCatalogue.kit().select(List.of("CAP-15", "TOPIC"));
  }
}
