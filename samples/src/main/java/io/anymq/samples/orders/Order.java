package io.anymq.samples.orders;

import io.anymq.InvalidMessageException;
import io.anymq.Message;
import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An order.
 *
 * @param row the row of the file it stood in; what tells two orders apart
 * @param id the customer's own number for it
 * @param product what is ordered
 * @param quantity how many, 1 to {@value #MAX_QUANTITY}
 * @param unitPrice the price of one, in euros and cents
 */
record Order(int row, String id, String product, int quantity, BigDecimal unitPrice) {

  static final int MAX_QUANTITY = 10_000;

  private static final int COLUMNS = 6;
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,9}");
  private static final Pattern PRICE = Pattern.compile("[0-9]{1,7}\\.[0-9]{2}");
  private static final Set<String> PRODUCTS =
      Set.of(
          "espresso-beans",
          "filter-beans",
          "green-tea",
          "grinder",
          "kettle",
          "milk-jug",
          "mug",
          "oolong-tea",
          "paper-filters",
          "scale",
          "tamper",
          "teapot");

  /** A row as it goes to the queue. */
  static Message message(int row, byte[] bytes) {
    return Message.builder()
        .type("order")
        .body(bytes)
        .contentType("text/csv; charset=utf-8; header=absent")
        .property("row", row)
        .build();
  }

  /** The row that a message came from. */
  static int row(Message message) {
    return message.property("row", Integer.class).orElseThrow();
  }

  /**
   * Reads {@code order_id,ordered_at,customer,product,quantity,unit_price}.
   *
   * @param message a message of the orders' queue
   * @return the order
   * @throws InvalidOrderException when it is not one
   */
  static Order parse(Message message) throws InvalidOrderException {
    String[] columns = text(message).split(",", -1);
    if (columns.length != COLUMNS) {
      throw new InvalidOrderException(
          "columns", "there are " + columns.length + ", not " + COLUMNS);
    }
    if (columns[0].isBlank() || columns[2].isBlank()) {
      throw new InvalidOrderException("customer", "the order's number or the customer is missing");
    }
    if (!PRODUCTS.contains(columns[3])) {
      throw new InvalidOrderException("product", "'" + columns[3] + "' is not sold here");
    }
    return new Order(row(message), columns[0], columns[3], quantity(columns[4]), price(columns[5]));
  }

  private static String text(Message message) throws InvalidOrderException {
    try {
      return message.text();
    } catch (InvalidMessageException e) {
      throw new InvalidOrderException("encoding", "the row is not UTF-8");
    }
  }

  private static int quantity(String text) throws InvalidOrderException {
    int quantity = WHOLE_NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (quantity < 1 || quantity > MAX_QUANTITY) {
      throw new InvalidOrderException(
          "quantity", "'" + text + "' is not a whole number of 1 to " + MAX_QUANTITY);
    }
    return quantity;
  }

  private static BigDecimal price(String text) throws InvalidOrderException {
    if (!PRICE.matcher(text).matches()) {
      throw new InvalidOrderException("price", "'" + text + "' is not an amount like 12.50");
    }
    return new BigDecimal(text);
  }
}
