package io.anymq.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {

  private static final String GOOD = "O-1,2026-01-05T08:00:00Z,Zoë Müller,mug,3,8.40";

  @Test
  void goodRowIsRead() throws InvalidOrderException {
    assertThat(parse(GOOD)).isEqualTo(new Order(7, "O-1", "mug", 3, new BigDecimal("8.40")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "columns|O-1,2026-01-05T08:00:00Z,Ann",
        "columns|O-1,2026-01-05T08:00:00Z,Ann,mug,3,8.40,gift",
        "columns|''",
        "customer|O-1,2026-01-05T08:00:00Z, ,mug,3,8.40",
        "customer|,2026-01-05T08:00:00Z,Ann,mug,3,8.40",
        "product|O-1,2026-01-05T08:00:00Z,Ann,samovar,3,8.40",
        "quantity|O-1,2026-01-05T08:00:00Z,Ann,mug,0,8.40",
        "quantity|O-1,2026-01-05T08:00:00Z,Ann,mug,-3,8.40",
        "quantity|O-1,2026-01-05T08:00:00Z,Ann,mug,1.5,8.40",
        "quantity|O-1,2026-01-05T08:00:00Z,Ann,mug,99999999999,8.40",
        "price|O-1,2026-01-05T08:00:00Z,Ann,mug,3,-8.40",
        "price|O-1,2026-01-05T08:00:00Z,Ann,mug,3,8.401",
        "price|O-1,2026-01-05T08:00:00Z,Ann,mug,3,free",
      })
  void badRowIsRefusedWithItsKind(String kind, String row) {
    assertThatThrownBy(() -> parse(row))
        .isInstanceOfSatisfying(
            InvalidOrderException.class,
            e -> assertThat(InvalidOrderException.kindIn(e.reason())).isEqualTo(kind));
  }

  @Test
  void rowThatIsNotUtf8IsRefused() {
    byte[] latin1 = GOOD.getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> Order.parse(Order.message(1, latin1))).hasMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @CsvSource({"9, 0.10, 0.90", "10, 0.10, 0.95", "10, 0.01, 0.10", "11, 0.03, 0.31"})
  void largeOrdersGetADiscountExactToTheCent(int quantity, String unitPrice, String amount) {
    Order order = new Order(1, "O-1", "mug", quantity, new BigDecimal(unitPrice));
    assertThat(PricedOrder.of(order).amount()).isEqualTo(new BigDecimal(amount));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.00", "0.10", "123456789.99"})
  void pricedOrderSurvivesItsMessage(String amount) {
    PricedOrder order = new PricedOrder(5, "mug", new BigDecimal(amount));
    assertThat(PricedOrder.of(order.toMessage())).isEqualTo(order);
  }

  private static Order parse(String row) throws InvalidOrderException {
    return Order.parse(Order.message(7, row.getBytes(StandardCharsets.UTF_8)));
  }
}
