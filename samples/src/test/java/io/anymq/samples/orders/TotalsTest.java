package io.anymq.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** The demo must notice when something is lost: it is judged by its totals. */
class TotalsTest {

  private final Tally priced = tally(3);
  private final DeadLetters none = new DeadLetters();

  @Test
  void completeWorkAddsUp() {
    assertThat(new Totals(3, 3, priced, tally(3), tally(3), none, 0).faults()).isEmpty();
  }

  @Test
  void duplicateIsCountedAndChangesNoTotal() {
    Tally twice = tally(3);
    twice.add(order(2));
    assertThat(twice.duplicates()).isEqualTo(1);
    assertThat(new Totals(3, 3, priced, twice, tally(3), none, 0).faults()).isEmpty();
  }

  @Test
  void everyLossIsNamed() {
    assertThat(new Totals(3, 2, priced, tally(3), tally(3), none, 0).faults())
        .containsExactly("not every row was confirmed");
    assertThat(new Totals(4, 4, priced, tally(3), tally(3), none, 0).faults())
        .containsExactly("priced and dead-lettered are not all rows");
    assertThat(new Totals(3, 3, priced, tally(2), tally(3), none, 0).faults())
        .containsExactly("the revenue is not what the workers priced");
    assertThat(new Totals(3, 3, priced, tally(3), tally(2), none, 0).faults())
        .containsExactly("the audit is not what the workers priced");
    assertThat(new Totals(3, 3, priced, tally(3), tally(3), none, 1).faults())
        .containsExactly("orders are left in the queue");
  }

  private static Tally tally(int orders) {
    Tally tally = new Tally();
    for (int row = 1; row <= orders; row++) {
      tally.add(order(row));
    }
    return tally;
  }

  private static PricedOrder order(int row) {
    return new PricedOrder(row, "mug", new BigDecimal("8.40"));
  }
}
