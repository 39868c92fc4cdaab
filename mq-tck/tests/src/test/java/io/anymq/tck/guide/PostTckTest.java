package io.anymq.tck.guide;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.TckSuite;
import io.anymq.tck.broker.BrokerControl;
import java.util.List;
import java.util.Set;

/**
 * The kit on the guide's adapter. The areas TTL, DELAY, TX, SEL, BROWSE, TEMP, REQ and most of RDLV
 * are left out to spare the build's time: there the core does the work, over what the others check,
 * or the connection refuses, which CAP checks.
 */
class PostTckTest extends TckSuite {

  private static final List<String> WANTED =
      List.of(
          "MSG", "SEND", "RECV", "ACK", "RDLV-06", "RDLV-10", "TOPIC", "DEPTH", "DEST", "LIFE",
          "RECOV", "ERR", "CONF", "CAP", "INTEROP");

  /** The post office lives in the test's JVM, and can neither be killed nor frozen. */
  private static final Set<BrokerControl> NOT_THERE =
      Set.of(BrokerControl.KILL, BrokerControl.PAUSE, BrokerControl.SWALLOW);

  @Override
  protected BackendHarness harness() {
    return new PostHarness();
  }

  @Override
  protected List<Rule> rules() {
    return RuleCatalogue.kit().select(WANTED).stream()
        .filter(rule -> rule.controls().stream().noneMatch(NOT_THERE::contains))
        .toList();
  }
}
