package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttachmentTest {

  private static final ConsumerRequest REQUEST =
      new ConsumerRequest(new Source.OfQueue(Queue.of("q")), 4, Optional.empty(), false);
  private static final DeliverySink SINK =
      new DeliverySink() {
        @Override
        public void deliver(List<? extends InboundDelivery> deliveries) {}

        @Override
        public void broken(MessagingException cause) {}
      };

  private final Threads threads = new Threads("test");
  private final FakeConsumer native1 = new FakeConsumer(REQUEST, SINK);
  private final List<String> again = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    threads.end(Deadline.in(Duration.ofSeconds(5)));
  }

  private Attachment stay(int gathering, boolean keeps) {
    return new Attachment(threads, 7, gathering, new DeliveryBuffer(null), keeps);
  }

  private Attachment openStay(FakeConsumer consumer) {
    Attachment stay = stay(1000, false);
    stay.open(consumer);
    return stay;
  }

  private void release(Attachment stay, String text, Duration delay) {
    stay.release(FakeDelivery.of(text), delay, () -> again.add(text));
  }

  private static void expect(FakeConsumer consumer, String... lines) {
    Eventually.until("the settlements", () -> consumer.settled.size() >= lines.length);
    assertThat(consumer.settled).containsExactly(lines);
  }

  @Test
  void aQuarterOfThePrefetchIsABatch() {
    Attachment stay = stay(12, false);
    assertThat(stay.epoch()).isEqualTo(7);
    // Not open: nothing goes before the native consumer is there.
    IntStream.range(0, 4).forEach(i -> stay.accept(FakeDelivery.of("m" + i)));
    assertThat(stay.link()).isNull();
    stay.open(native1);
    assertThat(stay.link()).isSameAs(native1);
    assertThat(native1.settled).containsExactly("ACCEPT m0 m1 m2 m3");
    synchronized (stay) { // keeps the timer out
      stay.accept(FakeDelivery.of("m4"));
      stay.accept(FakeDelivery.of("m5"));
      assertThat(native1.settled).hasSize(1);
      stay.accept(FakeDelivery.of("m6"));
      assertThat(native1.settled).containsExactly("ACCEPT m0 m1 m2 m3", "ACCEPT m4 m5 m6");
    }
  }

  @Test
  void aPrefetchOfOneSettlesAtOnce() {
    Attachment stay = stay(1, false);
    stay.open(native1);
    stay.accept(FakeDelivery.of("m"));
    assertThat(native1.settled).containsExactly("ACCEPT m");
  }

  @Test
  void noBatchIsLargerThan64() {
    Attachment stay = stay(100_000, false);
    stay.open(native1);
    synchronized (stay) { // keeps the timer out
      IntStream.range(0, 63).forEach(i -> stay.accept(FakeDelivery.of("m" + i)));
      assertThat(native1.settled).isEmpty();
      stay.accept(FakeDelivery.of("m63"));
      assertThat(native1.settled).hasSize(1);
    }
  }

  @Test
  void anAcceptanceBehindTheEndReachesNothing() {
    Attachment stay = openStay(native1);
    assertThat(stay.accept(FakeDelivery.of("m1"))).isTrue();
    stay.close();
    assertThat(stay.accept(FakeDelivery.of("m2"))).isFalse();
    assertThat(native1.settled).containsExactly("ACCEPT m1");
  }

  @Test
  void anAcceptanceIsHandedOverSoonByItself() {
    Attachment stay = openStay(native1);
    stay.accept(FakeDelivery.of("m1"));
    expect(native1, "ACCEPT m1");
    stay.accept(FakeDelivery.of("m2"));
    expect(native1, "ACCEPT m1", "ACCEPT m2");
  }

  @Test
  void aReleaseComesBehindTheAcceptancesBeforeIt() {
    Attachment stay = openStay(native1);
    stay.accept(FakeDelivery.of("m1"));
    release(stay, "m2", Duration.ZERO);
    assertThat(native1.settled).containsExactly("ACCEPT m1", "RELEASE m2");
    assertThat(again).isEmpty();
  }

  @Test
  void whatTheBackendCannotTakeBackIsDeliveredAgainHere() {
    native1.releases = false;
    release(openStay(native1), "m", Duration.ZERO);
    assertThat(again).containsExactly("m");
    FakeConsumer second = new FakeConsumer(REQUEST, SINK);
    Attachment keeps = stay(4, true);
    keeps.open(second);
    release(keeps, "n", Duration.ZERO);
    assertThat(again).containsExactly("m", "n");
    assertThat(second.settled).isEmpty();
  }

  @Test
  void whatIsReleasedWhileTheConsumerOpensGoesWhenItIsOpen() {
    Attachment stay = stay(1000, false);
    release(stay, "m", Duration.ZERO);
    stay.open(native1);
    assertThat(native1.settled).containsExactly("RELEASE m");
    stay.open(native1);
    assertThat(native1.settled).as("once").containsExactly("RELEASE m");
  }

  @Test
  void aDelayIsTheBackendsWhereItKeepsReleasedMessages() {
    FakeConsumer.Later later = new FakeConsumer.Later(REQUEST, SINK);
    Attachment stay = openStay(later);
    stay.accept(FakeDelivery.of("m1"));
    release(stay, "m2", Duration.ofMillis(1));
    assertThat(later.settled).containsExactly("ACCEPT m1", "LATER 1 m2");
    Attachment keeps = stay(4, true);
    FakeConsumer.Later second = new FakeConsumer.Later(REQUEST, SINK);
    keeps.open(second);
    release(keeps, "m3", Duration.ofMillis(1));
    Eventually.until("it comes again here", () -> again.contains("m3"));
    assertThat(second.settled).isEmpty();
  }

  @Test
  void elsewhereItIsParkedForTheDelay() {
    FakeConsumer.Lot lot = new FakeConsumer.Lot(REQUEST, SINK);
    Attachment stay = openStay(lot);
    long before = System.nanoTime();
    synchronized (stay) { // keeps the timer out
      release(stay, "m", Duration.ofMillis(20));
      assertThat(lot.settled).containsExactly("PARK m");
    }
    expect(lot, "PARK m", "UNPARK m", "RELEASE m");
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000);
  }

  @Test
  void noMoreAreParkedThanTheBound() {
    FakeConsumer.Lot lot = new FakeConsumer.Lot(REQUEST, SINK);
    Attachment stay = openStay(lot);
    List<FakeDelivery> all =
        IntStream.rangeClosed(0, Parking.MOST).mapToObj(i -> FakeDelivery.of("m" + i)).toList();
    all.forEach(stay::park);
    assertThat(lot.settled).hasSize(Parking.MOST);
    stay.park(all.get(0));
    assertThat(lot.settled).as("parked already").hasSize(Parking.MOST);
    stay.unpark(all.get(Parking.MOST));
    assertThat(lot.settled).as("was not parked").hasSize(Parking.MOST);
    stay.unpark(all.get(0));
    stay.park(all.get(Parking.MOST));
    assertThat(lot.settled).endsWith("UNPARK m0", "PARK m" + Parking.MOST);
  }

  @Test
  void aDeadLetterThatWaitsIsPutAsideWhereTheBackendKeepsIt() {
    FakeConsumer.Later later = new FakeConsumer.Later(REQUEST, SINK);
    Attachment stay = openStay(later);
    stay.accept(FakeDelivery.of("m1"));
    assertThat(stay.putAside(FakeDelivery.of("m2"), Duration.ofSeconds(1))).isTrue();
    assertThat(later.settled).containsExactly("ACCEPT m1", "LATER 1000 m2");
    FakeConsumer.Lot lot = new FakeConsumer.Lot(REQUEST, SINK);
    assertThat(openStay(lot).putAside(FakeDelivery.of("m"), Duration.ofSeconds(1))).isFalse();
    assertThat(lot.settled).containsExactly("PARK m");
    stay.end();
    assertThat(stay.putAside(FakeDelivery.of("m3"), Duration.ofSeconds(1))).isFalse();
  }

  @Test
  void nothingReachesALostLink() {
    FakeConsumer.Lot lot = new FakeConsumer.Lot(REQUEST, SINK);
    Attachment stay = openStay(lot);
    FakeDelivery parked = FakeDelivery.of("p");
    stay.park(parked);
    synchronized (stay) { // keeps the timer out
      stay.accept(FakeDelivery.of("m1"));
      lot.settled.clear();
      assertThat(stay.ended()).isFalse();
      stay.end();
    }
    assertThat(stay.ended()).isTrue();
    stay.flush();
    stay.accept(FakeDelivery.of("m2"));
    stay.flush();
    stay.unpark(parked);
    stay.park(FakeDelivery.of("m3"));
    release(stay, "m4", Duration.ZERO);
    release(stay, "m5", Duration.ofMillis(1));
    stay.close();
    assertThat(lot.settled).isEmpty();
    assertThat(lot.closed).isFalse();
    assertThat(again).isEmpty();
  }

  @Test
  void whatWasReleasedWhileItOpenedIsForgottenWithTheLink() {
    Attachment stay = stay(4, false);
    release(stay, "m", Duration.ZERO);
    stay.accept(FakeDelivery.of("n"));
    stay.end();
    stay.open(native1);
    assertThat(native1.settled).isEmpty();
  }

  @Test
  void closingHandsOverWhatWasSettledFirst() {
    Attachment stay = openStay(native1);
    stay.accept(FakeDelivery.of("m"));
    stay.close();
    assertThat(native1.settled).containsExactly("ACCEPT m");
    assertThat(native1.closed).isTrue();
    assertThat(stay.ended()).isTrue();
  }

  @Test
  void aBackendThatFailsToSettleHarmsNobody() {
    FakeConsumer failing =
        new FakeConsumer(REQUEST, SINK) {
          @Override
          public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
            super.settle(outcome, deliveries);
            throw new MessagingException(ErrorCode.BACKEND_FAILURE, "no");
          }
        };
    Attachment stay = stay(4, false);
    stay.open(failing);
    stay.accept(FakeDelivery.of("m"));
    release(stay, "n", Duration.ZERO);
    assertThat(failing.settled).containsExactly("ACCEPT m", "RELEASE n");
  }

  @Test
  void aDefectOfTheAdaptersDoesNotKeepItsConsumerOpen() {
    FakeConsumer defective =
        new FakeConsumer(REQUEST, SINK) {
          @Override
          public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
            throw new IllegalStateException("a defect");
          }
        };
    Attachment stay = openStay(defective);
    assertThatThrownBy(() -> stay.acceptNow(FakeDelivery.of("1"))).hasMessage("a defect");
    Throwable unused = catchThrowable(() -> stay.accept(FakeDelivery.of("2")));
    stay.close();
    assertThat(defective.closed).isTrue();
  }
}
