package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.kafka.SettlementInbox.Fate;
import io.anymq.kafka.SettlementInbox.Settlement;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SettlementInboxTest {

  private final SettlementInbox inbox = new SettlementInbox();

  @Test
  void oneThatIsClosedGivesWhatItHasAndTakesNothing() {
    Settlement before = new Settlement(Fate.ACCEPT, List.of());
    assertThat(inbox.add(before)).isTrue();
    assertThat(inbox.close()).containsExactly(before);
    assertThat(inbox.add(new Settlement(Fate.ACCEPT, List.of())))
        .as("whether it takes what nobody would apply; see ShareLane.settle")
        .isFalse();
    assertThat(inbox.takeAll()).isEmpty();
  }
}
