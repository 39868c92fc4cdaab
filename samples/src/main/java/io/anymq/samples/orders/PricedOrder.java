package io.anymq.samples.orders;

import io.anymq.Message;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An order and what it costs.
 *
 * @param row the row of the file it stood in; what tells two orders apart
 * @param product what was ordered
 * @param amount what it costs, in euros and cents
 */
record PricedOrder(int row, String product, BigDecimal amount) {

  private static final int LARGE = 10;
  private static final BigDecimal LARGE_ORDERS_PAY = new BigDecimal("0.95");

  /** Prices an order: large ones get a discount of 5 %. */
  static PricedOrder of(Order order) {
    BigDecimal full = order.unitPrice().multiply(BigDecimal.valueOf(order.quantity()));
    BigDecimal amount = order.quantity() < LARGE ? full : full.multiply(LARGE_ORDERS_PAY);
    return new PricedOrder(
        order.row(), order.product(), amount.setScale(2, RoundingMode.HALF_EVEN));
  }

  /** Reads what {@link #toMessage} wrote. */
  static PricedOrder of(Message message) {
    return new PricedOrder(
        Order.row(message),
        message.property("product", String.class).orElseThrow(),
        new BigDecimal(message.property("amount", String.class).orElseThrow()));
  }

  /** The amount travels as text: a double would not be exact. */
  Message toMessage() {
    return Message.builder()
        .type("priced-order")
        .property("row", row)
        .property("product", product)
        .property("amount", amount.toPlainString())
        .build();
  }
}
