package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private final AtomicInteger closed = new AtomicInteger();

  private LinkConsumer consumer() {
    return (LinkConsumer)
        Proxy.newProxyInstance(
            LinkConsumer.class.getClassLoader(),
            new Class<?>[] {LinkConsumer.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("close");
              closed.incrementAndGet();
              return null;
            });
  }

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
    assertThat(held.openIf(() -> true, consumer())).isTrue();
    held.deliver(List.of(second));
    assertThat(delivered).hasSize(2);
    assertThat(delivered.get(0)).isSameAs(first);
    held.broken(cause);
    assertThat(failures).containsExactly(cause);
    assertThat(closed).hasValue(0);
  }

  /** The core does not know it yet, and would open another beside the opening that goes on. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatBreaksBeforeItIsOpenFailsToOpen(boolean stays) {
    held.broken(cause);
    assertThatThrownBy(() -> held.openIf(() -> stays, consumer())).isSameAs(cause);
    assertThat(failures).isEmpty();
    assertThat(closed).hasValue(1);
  }

  @Test
  void oneOfWhichNothingCanBeFoundOutIsClosed() {
    assertThatThrownBy(
            () ->
                held.openIf(
                    () -> {
                      throw cause;
                    },
                    consumer()))
        .isSameAs(cause);
    assertThat(closed).hasValue(1);
  }

  @Test
  void oneThatIsReplacedIsClosedAndTellsNothing() {
    assertThat(held.openIf(() -> false, consumer())).isFalse();
    held.deliver(List.of(delivery()));
    held.broken(cause);
    assertThat(held.isDropped()).isTrue();
    assertThat(closed).hasValue(1);
    assertThat(delivered).isEmpty();
    assertThat(failures).isEmpty();
  }
}
