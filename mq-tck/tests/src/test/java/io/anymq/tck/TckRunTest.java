package io.anymq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Destination;
import io.anymq.tck.RuleResult.Outcome;
import io.anymq.tck.broker.BrokerException;
import io.anymq.tck.broker.BrokerHandle;
import org.junit.jupiter.api.Test;

/** What becomes of rules where a run cannot even begin. */
class TckRunTest {

  /** Gets no broker, and so is asked for nothing else. */
  private record Broken(RuntimeException atStart) implements BackendHarness {

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public BrokerHandle startBroker() {
      throw atStart;
    }

    @Override
    public String urlOfPort(int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String nativeName(Destination destination) {
      throw new UnsupportedOperationException();
    }

    @Override
    public NativeClient openNativeClient(BrokerHandle broker) {
      throw new UnsupportedOperationException();
    }
  }

  private static RuleResult runWith(RuntimeException atStart) {
    try (TckRun run = TckRun.open(new Broken(atStart))) {
      return run.run(RuleCatalogue.kit().rules().get(0));
    }
  }

  @Test
  void withoutABrokerNothingIsRun() {
    RuleResult result = runWith(new BrokerException("None is installed"));
    assertThat(result.outcome()).isEqualTo(Outcome.NOT_RUN);
    assertThat(result.message()).isEqualTo("There is no broker: None is installed");
  }

  @Test
  void aDefectOfTheHarnessFailsItsRulesAndNobodyElses() {
    RuleResult result = runWith(new IllegalStateException("no port"));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).contains("defect of it").contains("no port");
  }
}
