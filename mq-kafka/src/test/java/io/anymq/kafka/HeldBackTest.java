package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HeldBackTest {

  private final List<InboundDelivery> delivered = new ArrayList<>();
  private final List<MessagingException> failures = new ArrayList<>();
  private final HeldBack held =
      new HeldBack(
          new DeliverySink() {
            @Override
            public void deliver(List<? extends InboundDelivery> deliveries) {
              delivered.addAll(deliveries);
            }

            @Override
            public void broken(MessagingException cause) {
              failures.add(cause);
            }
          });
  private final MessagingException cause =
      new MessagingException(ErrorCode.BACKEND_FAILURE, "for this test");

  private static InboundDelivery delivery() {
    return (InboundDelivery)
        Proxy.newProxyInstance(
            InboundDelivery.class.getClassLoader(),
            new Class<?>[] {InboundDelivery.class},
            (proxy, method, arguments) ->
                method.getName().equals("equals") ? proxy == arguments[0] : 1);
  }

  @Test
  void handsOutInOrderWhenTheConsumerStays() {
    InboundDelivery first = delivery();
    InboundDelivery second = delivery();
    held.deliver(List.of(first));
    assertThat(delivered).isEmpty();
    held.open();
    held.deliver(List.of(second));
    assertThat(delivered).hasSize(2);
    assertThat(delivered.get(0)).isSameAs(first);
    held.broken(cause);
    assertThat(failures).containsExactly(cause);
  }

  /** The core does not know it yet, and would open another beside the opening that goes on. */
  @Test
  void oneThatBreaksBeforeItIsOpenFailsToOpen() {
    held.broken(cause);
    assertThatThrownBy(held::requireUnbroken).isSameAs(cause);
    assertThatThrownBy(held::open).isSameAs(cause);
    assertThat(failures).isEmpty();
  }

  @Test
  void oneThatIsReplacedTellsNothing() {
    held.drop();
    held.deliver(List.of(delivery()));
    held.broken(cause);
    held.requireUnbroken();
    assertThat(delivered).isEmpty();
    assertThat(failures).isEmpty();
  }
}
