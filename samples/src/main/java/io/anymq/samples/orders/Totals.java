package io.anymq.samples.orders;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * What came out of it, and whether it adds up.
 *
 * @param rows how many rows were read
 * @param confirmed how many of them the broker confirmed
 * @param priced what the workers priced and sent
 * @param revenue what the first subscriber got
 * @param audit what the second subscriber got
 * @param deadLetters what was in the dead-letter queue
 * @param waiting how many orders the queue held in the end
 */
record Totals(
    int rows,
    int confirmed,
    Tally priced,
    Tally revenue,
    Tally audit,
    DeadLetters deadLetters,
    long waiting) {

  /** What does not add up; empty when all does. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    require(faults, confirmed == rows, "not every row was confirmed");
    require(
        faults,
        priced.count() + deadLetters.count() == rows,
        "priced and dead-lettered are not all rows");
    require(faults, agrees(revenue), "the revenue is not what the workers priced");
    require(faults, agrees(audit), "the audit is not what the workers priced");
    require(faults, sum(revenue).compareTo(revenue.total()) == 0, "the products are not the total");
    require(faults, waiting == 0, "orders are left in the queue");
    return faults;
  }

  void print(Console console) {
    console.line("");
    console.line("Revenue by product");
    revenue
        .byProduct()
        .forEach((product, amount) -> console.line("  %-28s %,14.2f EUR", product, amount));
    console.line("");
    console.line("Dead letters by reason");
    deadLetters.byKind().forEach((kind, rows) -> print(console, kind, rows));
    console.line("");
    console.line("Totals");
    console.line("  %-20s %,7d", "rows read", rows);
    console.line("  %-20s %,7d", "sent and confirmed", confirmed);
    print(console, "priced by workers", priced);
    print(console, "heard by revenue", revenue);
    print(console, "heard by audit", audit);
    console.line(
        "  %-20s %,7d %20s %s",
        "dead-lettered", deadLetters.count(), "", duplicates(deadLetters.duplicates()));
    console.line("  %-20s %,7d", "left in the queue", waiting);
    console.line("");
  }

  private static void print(Console console, String kind, SortedMap<Integer, String> rows) {
    int first = rows.firstKey();
    console.line("  %-10s %,5d   row %d, %s", kind, rows.size(), first, rows.get(first));
  }

  private static void print(Console console, String name, Tally tally) {
    console.line(
        "  %-20s %,7d %,16.2f EUR %s",
        name, tally.count(), tally.total(), duplicates(tally.duplicates()));
  }

  private static String duplicates(int count) {
    return switch (count) {
      case 0 -> "";
      case 1 -> "  and 1 duplicate";
      default -> "  and " + count + " duplicates";
    };
  }

  private boolean agrees(Tally heard) {
    return heard.count() == priced.count() && heard.total().compareTo(priced.total()) == 0;
  }

  private static BigDecimal sum(Tally tally) {
    return tally.byProduct().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static void require(List<String> faults, boolean holds, String fault) {
    if (!holds) {
      faults.add(fault);
    }
  }
}
