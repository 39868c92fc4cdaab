package io.anymq.samples.orders;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Adds up priced orders, each once. After a crash of the broker an order may come twice; its row
 * tells. Safe for use by several threads.
 */
final class Tally {

  private final Set<Integer> rows = new HashSet<>();
  private final Map<String, BigDecimal> byProduct = new TreeMap<>();
  private BigDecimal total = BigDecimal.ZERO.setScale(2);
  private int duplicates;

  synchronized void add(PricedOrder order) {
    if (rows.add(order.row())) {
      total = total.add(order.amount());
      byProduct.merge(order.product(), order.amount(), BigDecimal::add);
    } else {
      duplicates++;
    }
  }

  synchronized int count() {
    return rows.size();
  }

  synchronized int duplicates() {
    return duplicates;
  }

  synchronized BigDecimal total() {
    return total;
  }

  synchronized Map<String, BigDecimal> byProduct() {
    return new TreeMap<>(byProduct);
  }
}
